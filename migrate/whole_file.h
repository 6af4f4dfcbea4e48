/*
 * whole_file.h
 *		A file that people wrote, in memory.
 */
#ifndef HH_WHOLE_FILE_H
#define HH_WHOLE_FILE_H

#include <stddef.h>

/*
 * The bytes of a regular file of at most so many, or NULL, having logged why; hint: for
 * one that is larger, or NULL.  The caller frees them.
 */
extern char *whole_file_read(const char *path, size_t most_bytes, const char *hint, size_t *length);

#endif /* HH_WHOLE_FILE_H */
