"""The Django project: settings, addresses and the WSGI application. Pages live in their own files."""
