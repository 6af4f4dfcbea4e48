/*
 * doctor_ledger.h
 *		What the ledger says against the files: pure, without a database.
 */
#ifndef HH_DOCTOR_LEDGER_H
#define HH_DOCTOR_LEDGER_H

#include "doctor.h"
#include "survey.h"

extern void doctor_look_at_ledger(Examination *examination, const Survey *survey);

/* The dimension that the embedding column was deployed with; 0: unknown. */
extern int doctor_recorded_dimensions(const Survey *survey);

#endif /* HH_DOCTOR_LEDGER_H */
