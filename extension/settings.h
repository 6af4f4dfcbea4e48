/*
 * settings.h
 *		The settings headhunter.*
 */
#ifndef HH_SETTINGS_H
#define HH_SETTINGS_H

/* HNSW indexes at most this many dimensions of the type vector. */
#define HH_MAX_INDEXED_DIMENSIONS 2000

#define HH_EMBEDDING_DIMENSIONS "headhunter.embedding_dimensions"
#define HH_DEPLOY				"headhunter.deploy"

/* headhunter.embedding_dimensions: of the embedding column at first deployment. */
extern int headhunter_embedding_dimensions;

/* headhunter.deploy: whether CREATE EXTENSION deploys schemas and tables. */
extern bool headhunter_deploy;

/*
 * Raises an error (SQLSTATE 22023) where a setting was given a value out of
 * its range before the library was loaded: PostgreSQL only warns of that, and
 * goes on with the default.
 */
extern void CheckSettings(void);

/* Whether somebody set the setting, be it to its default. */
extern bool SettingIsSet(const char *name);

#endif /* HH_SETTINGS_H */
