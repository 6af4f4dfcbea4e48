/*
 * audit_matrix.h
 *		Roles x objects: what each role holds, and what the audit says of it.
 */
#ifndef HH_AUDIT_MATRIX_H
#define HH_AUDIT_MATRIX_H

#include "database.h"

/* Of a privilege and, the worst of them, of a cell: the larger the worse. */
typedef enum CellVerdict
{
	CELL_NONE,
	CELL_HELD,		/* and the policy wants it so */
	CELL_REACHABLE, /* not held: SET ROLE or ADMIN OPTION leads to it */
	CELL_MISSING,
	CELL_EXCESS
} CellVerdict;

/* A privilege by one way, or one that is missing.  Strings are the results'; NULL where unknown. */
typedef struct MatrixEntry
{
	CellVerdict verdict;
	const char *privilege; /* SELECT; OWNER */
	const char *column;	   /* of one column alone */
	const char *via;
	const char *path;
	const char *grantor;
	const char *reason; /* the policy's */
	bool grantable;
	int finding; /* number on the page, from 1; 0: none */
} MatrixEntry;

typedef struct MatrixCell
{
	CellVerdict verdict;
	MatrixEntry *entries;
	int count;
} MatrixCell;

typedef struct MatrixRow
{
	const char *kind; /* database, schema, table */
	const char *schema;
	const char *name;
	const char *what;	/* view, partitioned table */
	const char *owner;	/* NULL: no row of the policy's, added for a finding */
	const char *parent; /* of a partition */
	int partitions;		/* below it */
	int finding;		/* about the object itself; 0: none */
	CellVerdict verdict;
} MatrixRow;

typedef struct MatrixColumn
{
	const char *role; /* NULL: PUBLIC */
	bool is_known;	  /* to the policy */
	int finding;	  /* about the role itself; 0: none */
} MatrixColumn;

typedef struct Matrix
{
	MatrixRow *rows;
	int row_count;
	MatrixColumn *columns;
	int column_count;
	MatrixCell *cells; /* row by row */
} Matrix;

/*
 * Brings together what the queries audit_page_*.sql returned, whose rows must outlive
 * the matrix.  PUBLIC has a column where all roles do.
 */
extern void matrix_make(Matrix *matrix, const Result *objects, const Result *roles,
						const Result *privileges, const Result *findings, bool of_all_roles);

extern void matrix_free(Matrix *matrix);

extern MatrixCell *matrix_cell(const Matrix *matrix, int row, int column);

/* Whether the finding's role is PUBLIC: NULL, or what no role can be named. */
extern bool matrix_role_is_public(const char *role);

#endif /* HH_AUDIT_MATRIX_H */
