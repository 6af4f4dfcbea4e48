/*
 * doctor_report.h
 *		What the doctor prints.
 */
#ifndef HH_DOCTOR_REPORT_H
#define HH_DOCTOR_REPORT_H

#include "doctor_diagnosis.h"
#include "report.h"

extern void doctor_report_print(const Diagnosis *diagnosis, OutputFormat format, bool quiet);

#endif /* HH_DOCTOR_REPORT_H */
