"""The numbers of the pages, the command line and the wall: each computed once, here."""
