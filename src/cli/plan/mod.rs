//! `wangge plan`: drafts of boundaries from the command line.

mod balance;
mod show;

use super::{StoreArgs, open_existing};
use crate::{
    disclosure::Viewer,
    place::Id,
    plan::Body,
    service::{Command as Wanted, Origin, Publication, Service, Side},
};
use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use std::{
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Redraw boundaries: found plans, draw on them, balance, compare, publish.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The plans, the oldest first
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Found a plan over the boundaries in force, or as a branch
    New {
        name: String,
        #[command(flatten)]
        who: Who,
        /// Over this version of the boundaries instead of the latest
        #[arg(long, value_name = "N", conflicts_with = "from")]
        base: Option<i64>,
        /// As a branch of another plan, or of the state after one of its entries: ID or ID@ENTRY
        #[arg(long, value_name = "PLAN")]
        from: Option<String>,
    },
    /// The figures of a plan beside today's, and its log
    Show {
        plan: Id,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Do what a file says: an entry ({"do": "undo"}), or a list of entries, as the API takes them
    Draw {
        plan: Id,
        /// JSON; - is the standard input
        file: PathBuf,
        #[command(flatten)]
        who: Who,
        #[arg(long)]
        why: Option<String>,
    },
    /// Search for better balanced grids, and take one over
    Balance(balance::Args),
    /// The best single moves, each with its price
    Moves {
        plan: Id,
        #[arg(short, default_value_t = 10)]
        n: usize,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Two plans or versions beside each other: version:3, plan:ID or plan:ID@ENTRY
    Compare {
        a: Side,
        b: Side,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Publish an approved plan from a day on; a day to come is waited for by `wangge serve`
    Publish {
        plan: Id,
        #[command(flatten)]
        who: Who,
        /// The day from which it holds
        #[arg(long, value_name = "DAY")]
        valid_from: NaiveDate,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Roll back: the boundaries of an earlier version are in force again, as a new version
    Restore {
        version: i64,
        #[command(flatten)]
        who: Who,
        #[arg(long, value_name = "DAY")]
        valid_from: NaiveDate,
        #[arg(long)]
        note: Option<String>,
    },
}

/// Who does it, and where.
#[derive(Clone, Debug, clap::Args)]
struct Who {
    /// Your name: it stands in the plan's log
    #[arg(long, env = "WANGGE_BY", value_name = "NAME")]
    by: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// The office itself: whoever has the data at hand.
const OFFICE: Viewer = Viewer::Administrator;

/// # Errors
/// The store fails, or it can't be done.
pub async fn run(args: Args) -> Result<()> {
    match args.command {
        Command::List { store } => show::list(&*open_existing(&store).await?).await,
        Command::New { name, who, base, from } => {
            let service = open_existing(&who.store).await?;
            let origin = origin(base, from.as_deref())?;
            let plan = service.found_plan(OFFICE, &name, &who.by, origin).await?;
            println!("{}", plan.id);
            Ok(())
        }
        Command::Show { plan, store } => show::plan(&*open_existing(&store).await?, plan).await,
        Command::Draw { plan, file, who, why } => {
            let service = open_existing(&who.store).await?;
            draw(&service, plan, &file, &who.by, why).await
        }
        Command::Balance(args) => balance::run(args).await,
        Command::Moves { plan, n, store } => show::moves(&*open_existing(&store).await?, plan, n).await,
        Command::Compare { a, b, store } => show::comparison(&*open_existing(&store).await?, a, b).await,
        Command::Publish { plan, who, valid_from, note } => {
            let service = open_existing(&who.store).await?;
            let after = service.plan(OFFICE, plan).await?.history.seq();
            let publication = Publication { after, by: who.by, valid_from, note };
            let published = service.publish_plan(OFFICE, plan, publication).await?;
            match published.version {
                Some(version) => {
                    println!("version {version} holds from {valid_from}; {} households moved", published.moved.len());
                }
                None => println!("the plan waits for {valid_from}: `wangge serve` publishes it then"),
            }
            Ok(())
        }
        Command::Restore { version, who, valid_from, note } => {
            let service = open_existing(&who.store).await?;
            let made = service.restore_version(OFFICE, version, &who.by, valid_from, note).await?;
            println!("version {} holds from {}", made.number, made.valid_from);
            Ok(())
        }
    }
}

fn origin(base: Option<i64>, from: Option<&str>) -> Result<Origin> {
    let Some(from) = from else { return Ok(base.map_or(Origin::Latest, Origin::Version)) };
    let side = if from.starts_with("plan:") { from.to_owned() } else { format!("plan:{from}") };
    match side.parse::<Side>()? {
        Side::Plan { id, state } => Ok(Origin::Branch { plan: id, state }),
        Side::Version(_) => bail!("--from {from}: write the id of a plan, or ID@ENTRY"),
    }
}

async fn draw(service: &Arc<Service>, plan: Id, file: &Path, by: &str, why: Option<String>) -> Result<()> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("the standard input")?;
        text
    } else {
        std::fs::read_to_string(file).with_context(|| file.display().to_string())?
    };
    let content: serde_json::Value = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    let bodies: Vec<Body> = match content {
        serde_json::Value::Array(_) => serde_json::from_value(content),
        one => serde_json::from_value(one).map(|body| vec![body]),
    }
    .with_context(|| format!("{}: an entry of a plan", file.display()))?;
    for (i, body) in bodies.into_iter().enumerate() {
        let after = service.plan(OFFICE, plan).await?.history.seq();
        let command = Wanted { after, by: by.to_owned(), why: why.clone(), body };
        let drawn = service.draw(OFFICE, plan, command).await.with_context(|| format!("entry {} of the file", i + 1))?;
        let moved = drawn.outcome.moved.len();
        println!("entry {}: {moved} households come into another grid", drawn.seq);
    }
    Ok(())
}
