// What the services have in common: a connection as their role, from the environment as libpq's, and
// a line of JSON on stdout for each thing tried: its name, and its fault or null.

import assert from 'node:assert/strict';
import pg from 'pg';
import { registerTypes } from 'pgvector/pg';

const insufficientPrivilege = '42501';

export async function connect() {
    const client = new pg.Client();
    await client.connect();
    return client;
}

// Each statement on its own, as the services send them; an error is a fault of that one, no more.
export async function attempt(name, action) {
    let fault = null;
    try {
        await action();
    } catch (error) {
        fault = [error.code, error.message].filter(Boolean).join(': ');
    }
    process.stdout.write(JSON.stringify({ name, fault }) + '\n');
}

export async function connectWithVectors() {
    const client = await connect();
    await attempt('the driver finds type vector', () => registerTypes(client));
    return client;
}

// What the client may do: the rows, as arrays, must be these.
export function can(client, name, rows, text, values) {
    return attempt(name, async () => {
        const result = await client.query({ text, values, rowMode: 'array' });
        assert.deepEqual(result.rows, rows);
    });
}

// The same where the server makes up what it returns, or nothing comes back: so many rows.
export function does(client, name, count, text, values) {
    return attempt(name, async () => {
        const result = await client.query(text, values);
        assert.equal(result.rowCount ?? 0, count);
    });
}

export async function mayNot(client, ...statements) {
    for (const statement of statements) {
        await attempt(`refused: ${statement}`, () =>
            assert.rejects(client.query(statement), { code: insufficientPrivilege }));
    }
}

// A unit vector that leans from the first axis towards the second.
export function direction(lean) {
    const vector = new Array(768).fill(0);
    vector[0] = Math.cos(lean);
    vector[1] = Math.sin(lean);
    return vector;
}
