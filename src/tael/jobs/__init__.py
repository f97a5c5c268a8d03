"""Jobs (作業): what has to be done in time, and what others wait for. `tael worker` does them.

The queue is procrastinate's, in the same database. A job is one call of the domain and may be done
twice: whatever it does is written where it does it, never in the job.
"""
