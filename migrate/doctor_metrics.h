/*
 * doctor_metrics.h
 *		A diagnosis as metrics for a scraper, in Prometheus' text exposition format.
 */
#ifndef HH_DOCTOR_METRICS_H
#define HH_DOCTOR_METRICS_H

#include "pqexpbuffer.h"

#include "doctor_diagnosis.h"

extern void doctor_metrics_append(PQExpBuffer text, const Diagnosis *diagnosis);

#endif /* HH_DOCTOR_METRICS_H */
