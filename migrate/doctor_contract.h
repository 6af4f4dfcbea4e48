/*
 * doctor_contract.h
 *		What each service needs of the database, as data.
 */
#ifndef HH_DOCTOR_CONTRACT_H
#define HH_DOCTOR_CONTRACT_H

#include "doctor.h"

/* A table, columns that the service names with their types, and what it does to them. */
typedef struct ContractTable
{
	const char *service;
	const char *schema;
	const char *table;
	const char *privileges; /* "SELECT, INSERT", on each of the columns */
	const char *columns;	/* "name type, name type" */
} ContractTable;

/* Columns that ON CONFLICT names, and the statement that makes the key. */
typedef struct ContractKey
{
	const char *service;
	const char *relation;
	const char *columns; /* in the order of their names, with commas */
	const char *remedy;
} ContractKey;

typedef enum ContractKind
{
	CONTRACT_LOOKUP,   /* a query of one row and column, which must be true */
	CONTRACT_ADVICE,   /* the same, and the service runs where it isn't */
	CONTRACT_STATEMENT /* must not fail; it changes nothing */
} ContractKind;

typedef struct ContractStatement
{
	const char *service;
	ContractKind kind;
	const char *what; /* it does, in words */
	const char *sql;  /* of a look-up, $1 is the dimension where there is one */
} ContractStatement;

/* All end with an item without a service. */
extern const ContractTable contract_tables[];
extern const ContractKey contract_keys[];
extern const ContractStatement contract_statements[];

/* Whether a service works with a table, or with any of a schema (table NULL). */
extern bool contract_names(const char *service, const char *schema, const char *table);

/*
 * The next "name type" of a list, copied to name and type, or the next privilege with type
 * NULL.  Returns where the list goes on, or NULL at its end.  Each holds NAMEDATALEN bytes.
 */
extern const char *contract_next(const char *list, char *name, char *type);

#endif /* HH_DOCTOR_CONTRACT_H */
