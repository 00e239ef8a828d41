"""The command `rcwidgets`: JupyterLab with a playground, the course, and what to do where something does not work."""
