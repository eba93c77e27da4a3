// The demo's recording, inside the binary: a moved binary still has it.
#ifndef RIPOSTE_CRECORDINGS_H
#define RIPOSTE_CRECORDINGS_H
#include <stddef.h>

const unsigned char *riposte_demo_log(void);
size_t riposte_demo_log_size(void);
#endif
