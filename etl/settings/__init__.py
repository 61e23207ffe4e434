"""The settings file and what follows from it: calendar, rooms, OPD, checklists, the SOP in force."""
