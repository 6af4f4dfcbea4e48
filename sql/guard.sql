\echo Use "CREATE EXTENSION headhunter" to load this file. \quit

