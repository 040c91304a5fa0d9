import { CHANNEL } from "./postgres-calls.ts";

/** SQL of a log in the schema `s`. `event` holds the lines, `lease` (one row) says who writes and how far, `follower` who stands by. */
export function statementsOf(s: string) {
  return {
    ...leaseStatements(s),
    ...appendStatements(s),
    create: `
      select pg_advisory_xact_lock(hashtext('tieline create'));
      do $$ begin
        -- "if not exists" asks for the right to make schemas even where there is nothing to make.
        if to_regnamespace('${s}') is null then create schema ${s}; end if;
      end $$;
      create table if not exists ${s}.event (
        position bigint primary key,
        epoch bigint not null,
        body text not null
      );
      create table if not exists ${s}.lease (
        one boolean primary key default true check (one),
        epoch bigint not null default 0,
        position bigint not null default 0,
        holder text,
        until timestamptz not null default '-infinity'
      );
      alter table ${s}.lease add column if not exists page text;
      alter table ${s}.lease add column if not exists handover text;
      alter table ${s}.lease add column if not exists ticket text;
      insert into ${s}.lease default values on conflict do nothing;
      create table if not exists ${s}.follower (
        node text primary key,
        page text,
        position bigint not null,
        seen timestamptz not null
      )`,
    /** Whether `create` has nothing to do: it would lock the lease against everybody until its commit is replicated. */
    isMade: `
      select to_regclass('${s}.follower') is not null and exists (
        select 1 from pg_attribute
        where attrelid = to_regclass('${s}.lease') and attname = 'ticket' and not attisdropped
      ) as there`,
    exists: `select to_regclass('${s}.lease') is not null as there`,
    /** The lock ends with its connection, so that a daemon that was killed is followed at once. */
    lock: `select pg_try_advisory_lock(hashtext('tieline.${s}')) as mine`,
    /** $1 first, $2 last position, $3 how many at most. */
    read: `
      select e.position::text, e.body from ${s}.event e
      where e.position between $1 and $2 order by e.position limit $3`,
    /** Last row and what the lease remembers, of one moment. */
    end: `
      select l.position::text as marked, e.position::text as position, e.body
      from ${s}.lease l
      left join lateral (select * from ${s}.event order by position desc limit 1) e on true`,
    at: `select body from ${s}.event where position = $1`,
    /** $1 position. */
    setPosition: `update ${s}.lease set position = $1`,
  } as const;
}

function appendStatements(s: string) {
  const append = `
      with fence as (
        update ${s}.lease set position = $3
        where epoch = $1 and position = $2::bigint - 1
        returning epoch
      )
      insert into ${s}.event (position, epoch, body)
      select $2::bigint + place - 1, fence.epoch, line
      from fence, unnest(string_to_array($4::text, e'\\n')) with ordinality as t(line, place)`;
  const appendOne = `
      with fence as (
        update ${s}.lease set position = $2
        where epoch = $1 and position = $2::bigint - 1
        returning epoch
      )
      insert into ${s}.event (position, epoch, body) select $2::bigint, fence.epoch, $3 from fence`;
  const calling = `
      returning pg_catalog.pg_notify('${CHANNEL}', '${s}')`;
  return {
    /**
     * The fence and the append in one: only who holds the newest epoch writes, and only behind the position that it knows.
     * $1 epoch, $2 first position, $3 last position, $4 bodies in order, a line each: no body has a line feed, and an array would have every
     * quotation mark of it escaped.
     */
    append,
    /** The same of one event, which is what a laboratory's loop appends mostly. $1 epoch, $2 position, $3 body. */
    appendOne,
    /** The same, heard at once by those who listen. */
    calling: { append: append + calling, appendOne: appendOne + calling },
    call: `select pg_catalog.pg_notify('${CHANNEL}', '${s}')`,
    listen: `listen ${CHANNEL}`,
    unlisten: `unlisten ${CHANNEL}`,
  } as const;
}

const LEADER = `holder, page, position::text, until < now() as free, epoch::text, ticket,
        extract(epoch from until)::text as until,
        case when isfinite(until) then extract(epoch from until - now())::float8 else 0 end as left_s`;

function leaseStatements(s: string) {
  return {
    /**
     * $1 holder, $2 lease in ms, $3 whether a living lease may be taken, $4 page, $5 a ticket of this very try, $6 those of this holder's
     * earlier tries, whose answers were lost: what such a one has taken is taken again, and never the other way round, should it be
     * carried out only now. $7 the end of a lease that nobody has renewed in its length, though by the database's clock it is not over.
     */
    take: `
      update ${s}.lease
      set epoch = epoch + 1, holder = $1, until = now() + $2 * interval '1 ms', page = $4,
        handover = null, ticket = $5
      where $3 or until < now() or (holder = $1 and ticket = any($6::text[]))
        or extract(epoch from until)::text = $7
      returning epoch::text, position::text`,
    /** Who leads, by the database's clock. */
    leader: `select ${LEADER} from ${s}.lease`,
    /** $1 epoch, $2 lease in ms, $3 page. */
    renew: `
      update ${s}.lease set until = now() + $2 * interval '1 ms', page = $3
      where epoch = $1
      returning position::text, handover`,
    /** $1 epoch. */
    release: `
      update ${s}.lease set holder = null, page = null, until = '-infinity' where epoch = $1`,
    /** $1 who asks: the leader ends when it reads it. */
    askHandover: `
      update ${s}.lease set handover = $1 where until > now()`,
    /** $1 epoch. */
    takeBackHandover: `update ${s}.lease set handover = null where epoch = $1`,
    /** A sign of life, and the same look at who leads, with the others that stand by. $1 node, $2 page, $3 position, $4 ms: those heard of within. */
    beat: `
      with beat as (
        insert into ${s}.follower values ($1, $2, $3, now())
        on conflict (node) do update set page = $2, position = $3, seen = now()
      )
      select ${LEADER}, (
        select coalesce(json_agg(json_build_object('node', f.node, 'page', f.page, 'position', f.position)), '[]')
        from ${s}.follower f where f.node <> $1 and f.seen > now() - $4 * interval '1 ms'
      ) as others
      from ${s}.lease`,
    /** $1 ms: those heard of within. */
    followers: `
      select node, page, position::text from ${s}.follower
      where seen > now() - $1 * interval '1 ms'`,
    /** $1 node. Those that were not heard of for a day go with it, and all but the newest hundred: each start of a daemon is a node of its own. */
    forget: `
      delete from ${s}.follower where node = $1 or seen < now() - interval '1 day'
        or node not in (select node from ${s}.follower order by seen desc limit 100)`,
  } as const;
}

export type Statements = ReturnType<typeof statementsOf>;
