"""What a session is shown as: the objects of the API, the statement, its picture and its CSV."""
