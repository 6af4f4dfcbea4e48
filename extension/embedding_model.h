/*
 * embedding_model.h
 *		The registry of embedding models, hh.embedding_model, cached in the backend.
 *
 * The registry is consulted as a foreign key consults its table: the caller needs no SELECT on
 * it, and what is learned is only whether a dimension suits a model that the caller named.
 */
#ifndef HH_EMBEDDING_MODEL_H
#define HH_EMBEDDING_MODEL_H

/*
 * To be called once a statement, before the first look-up: from then on the look-ups know every
 * change that was committed before.
 */
extern void RefreshEmbeddingModels(void);

/* The dimension that a model is registered with, or 0 if it isn't registered. */
extern int EmbeddingModelDims(const char *name, Size length);

#endif
