#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CLibnftables.h"

struct nft_ctx *riposte_nft_new(void) {
    struct nft_ctx *context = nft_ctx_new(NFT_CTX_DEFAULT);
    if (!context) return NULL;
    if (nft_ctx_buffer_output(context) != 0 || nft_ctx_buffer_error(context) != 0) {
        nft_ctx_free(context);
        return NULL;
    }
    nft_ctx_output_set_flags(context, NFT_CTX_OUTPUT_NUMERIC_ALL);
    return context;
}

int riposte_has_netfilter(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (descriptor < 0) return errno;
    close(descriptor);
    return 0;
}

int riposte_may_change_network(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &header, sets) != 0) return errno;
    return sets[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN) ? 0 : EPERM;
}

int riposte_own_descriptors(void) {
    if (unshare(CLONE_FILES) != 0) return errno;
    return close_range(3, ~0U, 0) == 0 ? 0 : errno;
}

int riposte_enter_network(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    int result = setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno;
    close(descriptor);
    return result;
}
