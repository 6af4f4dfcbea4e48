/*
 * doctor_transfer.h
 *		An examination as bytes for a pipe, and back: pure.
 */
#ifndef HH_DOCTOR_TRANSFER_H
#define HH_DOCTOR_TRANSFER_H

#include "pqexpbuffer.h"

#include "doctor.h"

extern void doctor_transfer_write(PQExpBuffer text, const Examination *examination);

/* False where the bytes are not whole.  The role is not among them. */
extern bool doctor_transfer_read(const char *bytes, size_t length, Examination *examination);

#endif /* HH_DOCTOR_TRANSFER_H */
