-- What analysts ask first. Amounts are exact yuan; `latest` has one row for each figure, whatever documents state it.
create view latest as
select * exclude (preferred) from figures where preferred;

create view findings as
select c.severity, d.organisation, d.region, d.fiscal_year, c.sentence, c.sentence_zh, c.rule, c.difference, d.path, c.check_id
from checks c join documents d using (document_id)
where c.standing = 'finding' and d.superseded_by is null
order by case c.severity when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end, abs(c.difference) desc;

create view coverage as
select region, organisation_level, fiscal_year, phase, count(*) as documents, sum(line_items) as amounts,
    round(sum(proven) / nullif(sum(line_items), 0), 4) as proven, round(sum(contradicted) / nullif(sum(line_items), 0), 4) as contradicted,
    count(*) filter (status not in ('ok', 'partial')) as unread
from documents where superseded_by is null group by all order by region, fiscal_year;

-- spending('205', 2026): what bodies budget for a class, one row a body; spending_of('205', 2026, 'final_accounts') of other phases.
create macro spending_of(of_code, of_year, of_phase) as table
select organisation, region, amount, verdict, scope, figure_id from latest
where direction = 'expenditure' and fund = 'all' and classification = 'functional' and component = 'total'
    and code is not distinct from of_code and year = of_year and phase = of_phase
order by amount desc;
create macro spending(of_code, of_year) as table select * from spending_of(of_code, of_year, 'budget');
