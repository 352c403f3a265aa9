/* What is asked of PDFium for every object and character of a page, in loops of C: see native.py.

   PDFium's functions come as addresses, so nothing is linked with it, nor with Python. Every buffer is the caller's, as
   long as he says; nothing is allocated and nothing is kept. No arithmetic is done on what PDFium says, for compilers
   differ in how they round it. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#define PDFIUM __stdcall
#else
#define EXPORT __attribute__((visibility("default")))
#define PDFIUM
#endif

#ifndef SOURCE
#error "SOURCE: the checksum of this file, by which the loader knows whether a library was made of it"
#endif

typedef int(PDFIUM *get_int)(void *item);
typedef void *(PDFIUM *get_pointer)(void *item);
typedef void *(PDFIUM *get_at)(void *holder, int index);
typedef float(PDFIUM *get_float_at)(void *holder, int index);
typedef double(PDFIUM *get_double_at)(void *holder, int index);
typedef int(PDFIUM *get_box_at)(void *holder, int index, float *box);
typedef int(PDFIUM *get_four)(void *item, void *first, void *second, void *third, void *fourth);
typedef int(PDFIUM *get_matrix)(void *item, float *matrix);
typedef int(PDFIUM *get_two)(void *item, int *first, int *second);
typedef int(PDFIUM *get_point)(void *segment, float *x, float *y);

typedef struct { /* a `POINT` of pdfium_calls.py */
    float x, y;
    uint8_t kind, closes, filling[2];
} point;

EXPORT uint32_t source_checksum(void) { return SOURCE; }

EXPORT void ints_of_each(get_int ask, void *const *items, size_t count, int *out) {
    for (size_t n = 0; n < count; n++)
        out[n] = ask(items[n]);
}

EXPORT void pointers_of_each(get_pointer ask, void *const *items, size_t count, void **out) {
    for (size_t n = 0; n < count; n++)
        out[n] = ask(items[n]);
}

/* Values of four bytes; those of an object of which PDFium says none stay as they are. */
EXPORT void fours_of_each(get_four ask, void *const *items, size_t count, uint32_t *out, uint8_t *known) {
    for (size_t n = 0; n < count; n++, out += 4)
        known[n] = ask(items[n], out, out + 1, out + 2, out + 3) != 0;
}

EXPORT void matrices_of_each(get_matrix ask, void *const *items, size_t count, float *out) {
    for (size_t n = 0; n < count; n++)
        (void)ask(items[n], out + 6 * n); /* of what has none, it stays as it is */
}

EXPORT void twos_of_each(get_two ask, void *const *items, size_t count, int *out) {
    for (size_t n = 0; n < count; n++)
        (void)ask(items[n], out + 2 * n, out + 2 * n + 1);
}

EXPORT void pointers_at(get_at ask, void *holder, const int *places, size_t count, void **out) {
    for (size_t n = 0; n < count; n++)
        out[n] = ask(holder, places[n]);
}

EXPORT void floats_at(get_float_at ask, void *holder, const int *places, size_t count, double *out) {
    for (size_t n = 0; n < count; n++)
        out[n] = ask(holder, places[n]);
}

EXPORT void doubles_at(get_double_at ask, void *holder, const int *places, size_t count, double *out) {
    for (size_t n = 0; n < count; n++)
        out[n] = ask(holder, places[n]);
}

EXPORT void boxes_at(get_box_at ask, void *holder, const int *places, size_t count, float *out, uint8_t *known) {
    for (size_t n = 0; n < count; n++)
        known[n] = ask(holder, places[n], out + 4 * n) != 0;
}

/* The first segment of each clip's path of one number. */
EXPORT void segments_of_clips(void *(PDFIUM *ask)(void *clip, int path, int segment), void *const *clips, size_t count,
                              int path, void **out) {
    for (size_t n = 0; n < count; n++)
        out[n] = ask(clips[n], path, 0);
}

typedef struct {
    get_at segment_of;
    get_point point_of;
    get_int kind_of, closes;
} segment_functions;

/* The first segments of each path, as many as `sizes` says; `out` has room for as many as all sizes together. */
EXPORT void points_of_each(const segment_functions *ask, void *const *paths, const int *sizes, size_t count,
                           point *out) {
    for (size_t n = 0; n < count; n++)
        for (int index = 0; index < sizes[n]; index++, out++) {
            void *segment = ask->segment_of(paths[n], index);
            memset(out, 0, sizeof *out);
            if (segment == NULL || !ask->point_of(segment, &out->x, &out->y))
                continue;
            out->kind = (uint8_t)ask->kind_of(segment);
            out->closes = (uint8_t)ask->closes(segment);
        }
}

typedef struct {
    get_int objects_of_page;
    get_at object_of_page;
    get_int objects_of_form;
    get_at object_of_form;
    get_int kind_of;
} object_functions;

typedef struct {
    const object_functions *ask;
    int form_kind, max_depth;
    size_t room, visited, count;
    void **items;
    int *kinds, *holders;
} walk;

/* Returns 0 once there are more objects than room for them. */
static int visit(walk *w, void *holder, int is_page, int place, int depth) {
    int count = is_page ? w->ask->objects_of_page(holder) : w->ask->objects_of_form(holder);
    get_at object_of = is_page ? w->ask->object_of_page : w->ask->object_of_form;
    if (count <= 0)
        return 1;
    if ((size_t)count > w->room - w->visited)
        return 0;
    w->visited += (size_t)count; /* each has its place in the buffers from here on: `count` never passes `visited` */
    for (int index = 0; index < count; index++) {
        void *item = object_of(holder, index);
        int own = (int)w->count++;
        w->items[own] = item;
        w->kinds[own] = w->ask->kind_of(item);
        w->holders[own] = place;
        if (w->kinds[own] == w->form_kind && depth < w->max_depth && !visit(w, item, 0, own, depth + 1))
            return 0;
    }
    return 1;
}

/* The objects of a page in the order in which they are drawn, those of a form right after it: each, its kind, and the
   place of the form that holds it, -1 for the page.

   Returns how many there are, -1 if they are more than `room`, which is how long the buffers are. */
EXPORT int64_t walk_objects(const object_functions *ask, void *page, int form_kind, int max_depth, int room,
                            void **items, int *kinds, int *holders) {
    walk w = {ask, form_kind, max_depth, room > 0 ? (size_t)room : 0, 0, 0, items, kinds, holders};
    return visit(&w, page, 1, -1, 0) ? (int64_t)w.count : -1;
}
