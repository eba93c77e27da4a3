// libcurl's option setters are variadic C functions, which Swift cannot call: one typed shim for each kind of argument.
#ifndef RIPOSTE_CLIBCURL_H
#define RIPOSTE_CLIBCURL_H
#include <curl/curl.h>

static inline CURLcode riposte_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode riposte_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
#endif
