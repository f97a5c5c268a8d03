"""Whether every act of a business system has its record: the lists, the days, the cases."""
