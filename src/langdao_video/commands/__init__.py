"""The commands of the command line that work on the store of the settings, one file each."""
