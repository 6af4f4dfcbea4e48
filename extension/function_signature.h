/*
 * function_signature.h
 *		Functions as GRANT names them, without their schema.
 */
#ifndef HH_FUNCTION_SIGNATURE_H
#define HH_FUNCTION_SIGNATURE_H

#include "catalog/pg_proc.h"

/* The names of the types seen so far; made in, and freed with, the current memory context. */
typedef struct SignatureCache SignatureCache;

extern SignatureCache *MakeSignatureCache(void);
extern Datum FunctionSignature(SignatureCache *cache, Form_pg_proc function);

#endif
