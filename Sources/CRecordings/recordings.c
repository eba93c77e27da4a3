#include "CRecordings.h"

static const unsigned char demo_log[] = {
#embed "../../Examples/demo/auth.log"
};

const unsigned char *riposte_demo_log(void) { return demo_log; }
size_t riposte_demo_log_size(void) { return sizeof demo_log; }
