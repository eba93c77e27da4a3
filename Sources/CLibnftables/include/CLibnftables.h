#ifndef RIPOSTE_CLIBNFTABLES_H
#define RIPOSTE_CLIBNFTABLES_H

// What is needed of libnftables. Its own header switches all of GNU's extensions on, and then does not go together with
// Swift's view of the C library.

struct nft_ctx;

// Buffers what it prints; numbers are printed as such. NULL where there is no memory.
struct nft_ctx *riposte_nft_new(void);
void nft_ctx_free(struct nft_ctx *context);
int nft_run_cmd_from_buffer(struct nft_ctx *context, const char *commands);
// What was printed since they were last asked.
const char *nft_ctx_get_output_buffer(struct nft_ctx *context);
const char *nft_ctx_get_error_buffer(struct nft_ctx *context);

// Whether the kernel can be asked at all: libnftables ends the process where it cannot. Returns 0, or errno.
int riposte_has_netfilter(void);
// Whether the calling thread has CAP_NET_ADMIN: libnftables prints to standard error where it has not. Returns 0, or errno.
int riposte_may_change_network(void);
// The calling thread gets a table of file descriptors of its own, with none but the first three in it. Returns 0, or errno.
int riposte_own_descriptors(void);
// The calling thread works in the network namespace that a file names. Returns 0, or errno.
int riposte_enter_network(const char *path);

#endif
