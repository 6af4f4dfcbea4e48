-- A platform as it was found in the night: roles made through the cloud's console, passwords set by
-- hand that no service knows, hh_ops forgotten, and a database that no migration ever reached.

\set QUIET on
CREATE ROLE cloudsqlsuperuser NOLOGIN CREATEROLE CREATEDB;
CREATE ROLE hh_app LOGIN PASSWORD 'set by hand at three';
CREATE ROLE hh_analytics LOGIN PASSWORD 'and another one at four';
GRANT cloudsqlsuperuser TO hh_app, hh_analytics;
CREATE DATABASE platform;
\connect platform
CREATE EXTENSION vector;
CREATE EXTENSION pgcrypto;
