-- Fifteen invented candidates, as hh-enrich-svc and hh-embed-svc would write them.

\set ON_ERROR_STOP on
\set QUIET on
\ir directions.sql

CREATE TEMPORARY TABLE candidate (
    id text, profession text, name text, title text, headline text, place text,
    industries text[], skills text[], years numeric
);

COPY candidate FROM stdin (FORMAT csv);
c01,engenharia de software,Ana Beatriz Moura,Engenheira de Software Sênior,Lidera a migração de sistemas de pagamento para a nuvem,São Paulo,"{Fintech,Pagamentos}","{Go,PostgreSQL,Kubernetes,AWS}",9
c02,engenharia de software,Rafael Nogueira,Desenvolvedor Back-end,APIs de alto volume em Java e Kotlin,Belo Horizonte,"{Varejo,E-commerce}","{Java,Kotlin,Kafka,PostgreSQL}",6
c03,engenharia de software,Camila Tavares,Engenheira de Plataforma,Infraestrutura como código e observabilidade para cem equipes,Recife,"{SaaS}","{Terraform,Kubernetes,Go,Prometheus}",8
c04,engenharia de software,Thiago Albuquerque,Desenvolvedor Front-end,Acessibilidade e desempenho em aplicações React,Florianópolis,"{Educação}","{TypeScript,React,CSS}",4
c05,engenharia de dados,Juliana Prado,Engenheira de Dados,Constrói lagos de dados e modelos para o mercado segurador,São Paulo,"{Seguros}","{Python,Spark,Airflow,SQL}",7
c06,engenharia de dados,Eduardo Siqueira,Cientista de Dados,Previsão de demanda e risco de crédito,Porto Alegre,"{Bancos}","{Python,scikit-learn,SQL,Estatística}",5
c07,engenharia de dados,Larissa Fontes,Analista de Dados,Painéis que as lojas realmente abrem,Fortaleza,"{Varejo}","{SQL,Power BI,dbt}",3
c08,engenharia civil,Marcos Vinícius Leal,Engenheiro Civil,Gerencia obras de saneamento e pontes,Curitiba,"{Construção,Infraestrutura}","{AutoCAD,Orçamento,BIM}",14
c09,engenharia civil,Patrícia Amaral,Engenheira de Segurança do Trabalho,Reduziu à metade os acidentes em canteiros de obras,Goiânia,"{Construção}","{NR-18,Auditoria,Treinamento}",11
c10,enfermagem,Sônia Regina Dias,Enfermeira Intensivista,Coordena equipes de UTI adulto,Salvador,"{Saúde}","{UTI,Gestão de equipes,Protocolos}",16
c11,enfermagem,Bruno Carvalho,Enfermeiro Obstetra,Partos humanizados na rede pública,Belém,"{Saúde}","{Obstetrícia,Neonatologia}",8
c12,marketing,Fernanda Queiroz,Gerente de Marketing Digital,Crescimento com testes e pouco orçamento,Rio de Janeiro,"{E-commerce,Moda}","{SEO,Google Ads,CRM}",10
c13,marketing,Gustavo Rezende,Redator Publicitário,Textos que vendem sem gritar,Vitória,"{Publicidade}","{Redação,Branding}",6
c14,recursos humanos,Helena Vasconcelos,Recrutadora Técnica,Contrata engenheiras e engenheiros para startups,Campinas,"{Recrutamento}","{Entrevistas,Hunting,LinkedIn}",5
c15,recursos humanos,Otávio Lacerda,Analista de Remuneração,Cargos e salários para a indústria,Manaus,"{Indústria}","{Excel,Pesquisa salarial}",12
\.

INSERT INTO search.tenants (tenant_id, display_name, last_seen_at)
VALUES ('aurora', 'Aurora Talentos', now())
ON CONFLICT (tenant_id) DO UPDATE SET last_seen_at = excluded.last_seen_at;

INSERT INTO search.candidate_profiles
    (tenant_id, candidate_id, full_name, current_title, headline, location, country, industries,
     skills, years_experience, analysis_confidence, profile, legal_basis, consent_record)
SELECT 'aurora', id, name, title, headline, place, 'BR', industries, skills, years, 0.9,
       jsonb_build_object('profession', profession), 'consentimento', 'consent/' || id
FROM candidate;

INSERT INTO search.candidate_embeddings
    (tenant_id, entity_id, embedding, embedding_text, metadata, model_version, chunk_type)
SELECT 'aurora', id, pg_temp.embedding(profession, name), title || '. ' || headline,
       jsonb_build_object('profession', profession), 'text-embedding-004', 'default'
FROM candidate;

SELECT count(*) AS profiles, count(search_document) AS searchable,
       (SELECT count(*) FROM search.candidate_embeddings) AS embeddings
FROM search.candidate_profiles;
