/* Functions of glibc that Debian's libstdc++ and libgcc need and musl lacks: enough to run the runtime's musl build with them. */
#define _GNU_SOURCE
#include <link.h>
#include <stddef.h>
#include <stdint.h>

extern long getrandom(void *, size_t, unsigned);
extern size_t strftime_l(char *, size_t, const char *, const void *, void *);

char __libc_single_threaded = 0;
unsigned char __cpu_model[16];

int __cpu_indicator_init(void) { return 0; }

int __cxa_thread_atexit_impl(void (*end)(void *), void *object, void *library) { return 0; }

size_t __strftime_l(char *to, size_t size, const char *format, const void *time, void *locale) { return strftime_l(to, size, format, time, locale); }

unsigned arc4random(void) {
    unsigned value = 0;
    getrandom(&value, sizeof value, 0);
    return value;
}

/* The result of _dl_find_object(3), with which the unwinder of C++ exceptions finds its tables. */
struct found { unsigned long long flags; void *start, *end, *map, *frames; };
struct search { uintptr_t address; struct found *result; int is_found; };

static int look(struct dl_phdr_info *object, size_t size, void *state) {
    struct search *search = state;
    uintptr_t start = UINTPTR_MAX, end = 0, frames = 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t from = object->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD) {
            start = from < start ? from : start;
            end = from + segment->p_memsz > end ? from + segment->p_memsz : end;
        } else if (segment->p_type == PT_GNU_EH_FRAME) {
            frames = from;
        }
    }
    if (search->address < start || search->address >= end || !frames) return 0;
    *search->result = (struct found){ 0, (void *)start, (void *)end, 0, (void *)frames };
    return search->is_found = 1;
}

int find(void *address, struct found *result) __asm__("_dl_find_object");
int find(void *address, struct found *result) {
    struct search search = { (uintptr_t)address, result, 0 };
    dl_iterate_phdr(look, &search);
    return search.is_found ? 0 : -1;
}
