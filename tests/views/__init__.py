"""How a session is shown: the objects of the API, the statement, its picture and its CSV."""
