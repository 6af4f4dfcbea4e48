SELECT s.kind, s.object, s.property, s.definition FROM ONLY hh.snapshot AS s WHERE s.kind <> 'ledger';
