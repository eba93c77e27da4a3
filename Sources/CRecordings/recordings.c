#include "CRecordings.h"
// C23, which the compiler has as an extension of older standards.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char demo_log[] = {
#embed "../../Examples/demo/auth.log"
};

const unsigned char *riposte_demo_log(void) { return demo_log; }
size_t riposte_demo_log_size(void) { return sizeof demo_log; }
