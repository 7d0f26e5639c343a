//! Idempotency keys: who answers a request, and what was answered.

use jiff::Timestamp;
use rolo_core::{
    Error,
    contracts::database::{Answer, Claim},
    id::AccountId,
};
use uuid::Uuid;

use crate::database::{column::hash, fault::Held, session::Session, value::bind};

/// How long an answer is kept.
pub(crate) const KEPT_MS: i64 = 24 * 3600 * 1000;
/// A claim without an answer is taken over after this long: whoever had it is gone.
const TAKEOVER_MS: i64 = 2 * 60 * 1000;
/// A status no answer has; 0 is a claim that is being answered.
const GIVEN_BACK: i64 = -1;

pub(crate) async fn claim(
    s: &mut Session<'_>,
    account: AccountId,
    key: &str,
    body: [u8; 32],
    now: Timestamp,
    fresh: Uuid,
) -> Held<Claim> {
    let (name, now) = (hash(key.as_bytes()), now.as_millisecond());
    // Written first: the row lock decides between two who come at the same time.
    let touch = "update claim set status = status where account = ? and name = ?";
    s.execute(touch, bind![account, &name]).await?;
    let sql = "select body, seed, claimed_at, status, headers, answer from claim where account = ? and name = ?";
    let Some(mut row) = s.row(sql, bind![account, &name]).await? else {
        let sql = "insert into claim (account, name, body, seed, claimed_at, status, headers, answer) \
                   values (?, ?, ?, ?, ?, 0, '', ?)";
        let empty: &[u8] = &[];
        s.execute(sql, bind![account, &name, &body, fresh, now, empty]).await?;
        return Ok(Claim::Ours { seed: fresh });
    };
    let same = row.octets::<32>(0)? == body;
    let (seed, claimed_at, status) = (row.id::<Uuid>(1)?, row.int(2)?, row.int(3)?);
    let seed = if now - claimed_at > KEPT_MS {
        fresh
    } else if status > 0 {
        if !same {
            return Ok(Claim::Other);
        }
        let status = u16::try_from(status).map_err(Error::internal)?;
        return Ok(Claim::Answered(Answer { status, headers: row.text(4)?, body: row.blob(5)? }));
    } else if status == GIVEN_BACK {
        // Given back. The same request goes on with the ids it had: its first try may have been written after all.
        if same { seed } else { fresh }
    } else if !same {
        return Ok(Claim::Other);
    } else if now - claimed_at <= TAKEOVER_MS {
        return Ok(Claim::Running);
    } else {
        seed
    };
    let sql = "update claim set body = ?, seed = ?, claimed_at = ?, status = 0, headers = '', answer = ? \
               where account = ? and name = ?";
    let empty: &[u8] = &[];
    s.execute(sql, bind![&body, seed, now, empty, account, &name]).await?;
    Ok(Claim::Ours { seed })
}

pub(crate) async fn settle(s: &mut Session<'_>, account: AccountId, key: &str, answer: Option<&Answer>) -> Held<()> {
    let name = hash(key.as_bytes());
    let Some(answer) = answer else {
        let sql = "update claim set status = ? where account = ? and name = ? and status = 0";
        s.execute(sql, bind![GIVEN_BACK, account, &name]).await?;
        return Ok(());
    };
    let sql = "update claim set status = ?, headers = ?, answer = ? where account = ? and name = ?";
    let status = i64::from(answer.status);
    s.execute(sql, bind![status, &answer.headers, &answer.body, account, &name]).await?;
    Ok(())
}

/// Gives back what a process that is gone was answering; only for a database that one process owns. A client that asks again
/// after a crash is answered at once.
pub(crate) async fn give_back(s: &mut Session<'_>) -> Held<()> {
    s.execute("update claim set status = ? where status = 0", bind![GIVEN_BACK]).await?;
    Ok(())
}
