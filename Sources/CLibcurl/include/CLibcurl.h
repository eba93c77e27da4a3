// libcurl's setters and getters are variadic C functions, which Swift cannot call: one typed shim for each kind of argument.
#ifndef RIPOSTE_CLIBCURL_H
#define RIPOSTE_CLIBCURL_H
#include <curl/curl.h>
#include <stdint.h>

static inline CURLcode riposte_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode riposte_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

/// The socket of a handle that only connects.
static inline CURLcode riposte_curl_get_socket(CURL *handle, curl_socket_t *value) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, value);
}

/// Returns how many of `size * count` bytes it took; another number ends the transfer.
typedef size_t (*riposte_curl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode riposte_curl_on_body(CURL *handle, riposte_curl_receive receive, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    return code ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}
static inline CURLcode riposte_curl_on_header(CURL *handle, riposte_curl_receive receive, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, receive);
    return code ? code : curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
}
static inline CURLcode riposte_curl_on_open_socket(CURL *handle, curl_opensocket_callback open, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open);
    return code ? code : curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
}

/// Fills `buffer`, and returns how many bytes it put there; 0 at the end.
static inline CURLcode riposte_curl_on_upload(CURL *handle, curl_read_callback read, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, read);
    return code ? code : curl_easy_setopt(handle, CURLOPT_READDATA, context);
}
/// Shows all that is said; without it, libcurl tells of the other side's words only.
static inline CURLcode riposte_curl_on_debug(CURL *handle, curl_debug_callback debug, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, debug);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_DEBUGDATA, context);
    return code ? code : curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
}
/// A mail goes on to those recipients that the server takes. The option has a misspelt name before libcurl 8.2.
static inline CURLcode riposte_curl_allow_refused_recipients(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x080200
    return curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLOWFAILS, 1L);
#else
    return curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
#endif
}

/// Copies the IP address in network order to `bytes` (room for 16) and returns its length: 4, 16, or 0 for another family.
size_t riposte_curl_address(const struct curl_sockaddr *address, uint8_t *bytes);

/// Opens the socket that libcurl is about to connect, closed in programs that this process starts. -1 where it cannot be.
curl_socket_t riposte_curl_open(const struct curl_sockaddr *address);
#endif
