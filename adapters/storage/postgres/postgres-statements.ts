/** SQL of a log in the schema `s`. Two tables: `event` holds the lines, `lease` (one row) says who writes and how far. */
export function statementsOf(s: string) {
  return {
    create: `
      create schema if not exists ${s};
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
      insert into ${s}.lease default values on conflict do nothing`,
    exists: `select to_regclass('${s}.lease') is not null as there`,
    /** The lock ends with its connection, so that a daemon that was killed is followed at once. */
    lock: `select pg_try_advisory_lock(hashtext('tieline.${s}')) as mine`,
    /** $1 holder, $2 lease in ms, $3 whether nobody's connection holds the lock. */
    take: `
      update ${s}.lease
      set epoch = epoch + 1, holder = $1, until = now() + $2 * interval '1 ms'
      where $3 or until < now()
      returning epoch::text, position::text`,
    holder: `select holder, until::text from ${s}.lease`,
    /** $1 epoch, $2 lease in ms. */
    renew: `update ${s}.lease set until = now() + $2 * interval '1 ms' where epoch = $1`,
    /** $1 epoch. */
    release: `update ${s}.lease set holder = null, until = '-infinity' where epoch = $1`,
    /**
     * The fence and the append in one: only who holds the newest epoch writes, and only behind the position that it knows.
     * $1 epoch, $2 first position, $3 last position, $4 bodies in order.
     */
    append: `
      with fence as (
        update ${s}.lease set position = $3
        where epoch = $1 and position = $2::bigint - 1
        returning epoch
      )
      insert into ${s}.event (position, epoch, body)
      select $2::bigint + place - 1, fence.epoch, line
      from fence, unnest($4::text[]) with ordinality as t(line, place)`,
    /** $1 first, $2 last position. */
    read: `
      select e.position::text, e.body from ${s}.event e
      where e.position between $1 and $2 order by e.position limit 1000`,
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

export type Statements = ReturnType<typeof statementsOf>;
