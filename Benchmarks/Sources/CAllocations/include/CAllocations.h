/// How often memory has been asked for since the process began, by all of its threads.
long allocations(void);
