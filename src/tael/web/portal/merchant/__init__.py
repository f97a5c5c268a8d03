"""The portal's pages for merchants, one module for each noun."""
