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

-- What documents print over columns, or beside amounts where rows name their own, and over tables; and the names that it has here:
-- where `names` is more than one, one concept has two names, or one header means two things.
create view concepts as
with columns_of_one as (
    select *, min(measure) over same is distinct from max(measure) over same as by_row
    from line_items where amount is not null and phase is distinct from 'change'
    window same as (partition by table_id, "column")
),
printed as (
    select 'measure' as kind, document_id, measure as name,
        regexp_replace(table_type, '_final$', '') || ': '
            || regexp_replace(if(by_row, label, measure_label), '\d{4}年?度?|[(（].*?[)）]', '', 'g') as printed
    from columns_of_one where if(by_row, label, measure_label) <> ''
    union all
    select 'table_type', document_id, regexp_replace(table_type, '_final$', ''),
        regexp_replace(replace(replace(title, coalesce(organisation, ' '), ''), coalesce(region, ' '), ''), '\d{4}年?度?|[(（].*?[)）]|\s', '', 'g')
    from tables join documents using (document_id) where title <> ''
)
select kind, printed, name, count(distinct document_id) as documents, count(*) over (partition by kind, printed) as names
from printed group by kind, printed, name order by kind, names desc, printed, documents desc;
