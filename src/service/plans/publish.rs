//! From a draft to a version of the boundaries, and back.

use super::{
    desks::{self, Held},
    draw::now,
};
use crate::{
    disclosure::Viewer,
    people::{Post, Role},
    place::{Boundary, BoundaryVersion, Code, Id, Level},
    plan::{Body, Draft, Entry, Moved, PlanError, check_author, problems},
    service::{Service, ServiceError, hot::Division, numbering, placed::Standing},
    store::{PublishBoundaries, Writer},
};
use chrono::{NaiveDate, Utc};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// What is to be published.
#[derive(Clone, Debug)]
pub struct Publication {
    pub after: i64,
    pub by: String,
    /// Today, an earlier day from which the boundaries in force hold at most, or a later one: then it waits.
    pub valid_from: NaiveDate,
    pub note: String,
}

/// What was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// `None`: it waits for its day.
    pub version: Option<i64>,
    pub valid_from: NaiveDate,
    /// Households that come into another grid.
    pub moved: Vec<Moved>,
}

impl Service {
    /// Publishes an approved plan: its boundaries are a version from a day on, everything is placed anew, the leaders that it
    /// appoints are on post. Either all of it, or nothing. If the day is still to come, the plan waits for it.
    ///
    /// # Errors
    /// [`ServiceError::Plan`]: not approved, not over the version in force, problems, nothing to publish, too early a day;
    /// [`ServiceError::PlanMovedOn`], [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Store`].
    pub async fn publish_plan(
        self: &Arc<Self>,
        viewer: Viewer,
        id: Id,
        publication: Publication,
    ) -> Result<Published, ServiceError> {
        self.planner(viewer)?;
        let service = Arc::clone(self);
        tokio::spawn(async move { service.publish_to_the_end(id, publication).await }).await?
    }

    async fn publish_to_the_end(&self, id: Id, publication: Publication) -> Result<Published, ServiceError> {
        let mut held = self.open_desk(id).await?;
        let desk = &held.open()?.desk;
        let last = desk.history().seq();
        if publication.after != last {
            let entries = desk.entries().iter().filter(|entry| entry.seq > publication.after).cloned().collect();
            return Err(ServiceError::PlanMovedOn { entries });
        }
        let moved = desk.live().moved();
        let errors: Vec<_> = problems(desk).into_iter().filter(|it| it.kind.is_error()).collect();
        if let Some(first) = errors.first() {
            return Err(PlanError::Problems { count: errors.len(), first: first.kind.en() }.into());
        }
        let today = Utc::now().with_timezone(&self.hot().area()?.zone).date_naive();
        let Publication { by, valid_from, note, .. } = publication;
        let version = if valid_from > today {
            let body = Body::Schedule { valid_from, note };
            let mut writer = self.store.write().await?;
            self.append(&mut held, id, &by, body, &mut writer).await?;
            writer.commit().await?;
            None
        } else {
            Some(self.publish_now(&mut held, id, &by, valid_from, note).await?)
        };
        held.close();
        Ok(Published { version, valid_from, moved })
    }

    /// # Errors
    /// As [`Self::publish_plan`].
    async fn publish_now(
        &self,
        held: &mut Held,
        id: Id,
        by: &str,
        valid_from: NaiveDate,
        note: String,
    ) -> Result<i64, ServiceError> {
        let mut writer = self.store.write().await?;
        // Nobody else writes from here on: what is read now still holds at the commit.
        self.refresh().await?;
        let hot = self.hot();
        let latest = hot.versions.last().cloned().ok_or(ServiceError::Empty)?;
        let open = held.open()?;
        open.desk.history().check(by, &Body::Publish { version: 0, valid_from })?;
        if open.desk.base() != latest.number {
            return Err(PlanError::Outdated { base: open.desk.base(), latest: latest.number }.into());
        }
        let draft = open.desk.draft().clone();
        let name = open.desk.history().name().to_owned();
        let levels = self.numbered(&draft).await?;
        let note = if note.is_empty() { name } else { note };
        let version = self.put_in_force(&mut writer, &latest, levels, valid_from, note).await?;
        let posts = appointments(&hot.records(&self.store).await?.posts, &draft, id, valid_from);
        writer.upsert_posts(&posts).await?;
        let number = version.number;
        self.append(held, id, by, Body::Publish { version: number, valid_from }, &mut writer).await?;
        writer.commit().await?;
        self.refresh().await?;
        Ok(number)
    }

    /// The boundaries of an earlier version are in force again from a day on: as a new version, nothing is taken back.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::BadQuery`] for a day to come, [`ServiceError::Plan`],
    /// [`ServiceError::Forbidden`], [`ServiceError::Store`].
    pub async fn restore_version(
        self: &Arc<Self>,
        viewer: Viewer,
        number: i64,
        by: &str,
        valid_from: NaiveDate,
        note: Option<String>,
    ) -> Result<BoundaryVersion, ServiceError> {
        self.planner(viewer)?;
        check_author(by)?;
        let note = note.filter(|note| !note.is_empty()).unwrap_or_else(|| format!("{by}: version {number} again"));
        let service = Arc::clone(self);
        tokio::spawn(async move { service.restore_to_the_end(number, valid_from, note).await }).await?
    }

    async fn restore_to_the_end(
        &self,
        number: i64,
        valid_from: NaiveDate,
        note: String,
    ) -> Result<BoundaryVersion, ServiceError> {
        let mut writer = self.store.write().await?;
        self.refresh().await?;
        let hot = self.hot();
        let latest = hot.versions.last().cloned().ok_or(ServiceError::Empty)?;
        if !hot.versions.iter().any(|version| version.number == number) {
            return Err(ServiceError::NotFound(format!("version {number}: the versions are 1 to {}", latest.number)));
        }
        let today = Utc::now().with_timezone(&hot.area()?.zone).date_naive();
        if valid_from > today {
            return Err(ServiceError::BadQuery(format!(
                "valid_from={valid_from}: today is {today}; give it or an earlier day"
            )));
        }
        let mut levels = Vec::new();
        for &level in Level::ALL {
            levels.push((level, self.store.boundaries(level, number).await?));
        }
        let version = self.put_in_force(&mut writer, &latest, levels, valid_from, note).await?;
        writer.commit().await?;
        self.refresh().await?;
        Ok(version)
    }

    /// Makes these boundaries a version and places everything anew.
    async fn put_in_force(
        &self,
        writer: &mut Writer,
        latest: &BoundaryVersion,
        levels: Vec<(Level, Vec<Boundary>)>,
        valid_from: NaiveDate,
        note: String,
    ) -> Result<BoundaryVersion, ServiceError> {
        if valid_from < latest.valid_from {
            return Err(PlanError::TooEarly { given: valid_from, least: latest.valid_from }.into());
        }
        let hot = self.hot();
        let set = PublishBoundaries { levels, valid_from, note };
        let version = writer.publish(&set).await?;
        if version.number == latest.number {
            return Err(PlanError::Nothing.into());
        }
        let differs = |(level, boundaries): &(Level, Vec<Boundary>)| {
            let before = &hot.division(*level).boundaries;
            let by_id: HashMap<Id, &Boundary> = before.iter().map(|it| (it.id, it)).collect();
            before.len() != boundaries.len() || boundaries.iter().any(|it| by_id.get(&it.id) != Some(&it))
        };
        let changed: Vec<_> = set.levels.into_iter().filter(differs).collect();
        let index = move || {
            let division = |(level, boundaries)| (level, Arc::new(Division::new(boundaries)));
            changed.into_iter().map(division).collect::<Vec<_>>()
        };
        let fresh = tokio::task::spawn_blocking(index).await?;
        let zone = hot.area()?.zone;
        let standing = Standing { records: Arc::clone(hot.records(&self.store).await?), hot, zone };
        self.place_anew(&standing, version.clone(), fresh).await?.write(writer).await?;
        Ok(version)
    }

    /// The boundaries of a draft, new places with their codes.
    async fn numbered(&self, draft: &Draft) -> Result<Vec<(Level, Vec<Boundary>)>, ServiceError> {
        let scheme = self.hot().area()?.code_scheme;
        let mut codes: HashMap<Id, Code> = HashMap::new();
        let mut levels = Vec::new();
        for &level in Level::ALL {
            let mut boundaries = draft.boundaries(level);
            let used: HashSet<String> = self.store.codes_ever(level).await?;
            numbering::first_codes(scheme, level, &mut boundaries, |parent| codes.get(&parent).cloned(), used);
            codes.extend(boundaries.iter().filter_map(|it| Some((it.id, it.code.clone()?))));
            levels.push((level, boundaries));
        }
        Ok(levels)
    }

    /// Writes an entry that leaves the draft alone.
    async fn append(&self, held: &mut Held, id: Id, by: &str, body: Body, writer: &mut Writer) -> Result<(), ServiceError> {
        let desk = &held.open()?.desk;
        desk.history().check(by, &body)?;
        let after = desk.history().seq();
        let entry = Entry { seq: after + 1, at: now(), author: by.trim().to_owned(), why: None, body };
        let mut history = desk.history().clone();
        history.add(&entry);
        writer.append_to_plan(id, after, &desks::summary(&history), &[desks::to_store(&entry)?]).await?;
        Ok(())
    }

    /// Publishes the plans whose day has come. What stands in the way of one is logged and does not keep the others.
    pub(in crate::service) async fn publish_due(self: &Arc<Self>) -> Result<(), ServiceError> {
        let Ok(zone) = self.hot().area().map(|area| area.zone) else { return Ok(()) };
        let today = Utc::now().with_timezone(&zone).date_naive();
        let waiting = crate::plan::PlanState::Scheduled.word();
        for plan in self.store.plans().await?.into_iter().filter(|plan| plan.state == waiting) {
            let (history, _) = self.plan_log(plan.id).await?;
            let Some((day, note, by)) = history.scheduled().cloned().filter(|(day, ..)| *day <= today) else { continue };
            let publication = Publication { after: history.seq(), by, valid_from: day, note };
            match self.publish_plan(Viewer::Administrator, plan.id, publication).await {
                Ok(published) => tracing::info!(plan = plan.name, version = published.version, "a plan is in force"),
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    plan = plan.name,
                    "the day of a plan has come and it can't be published"
                ),
            }
        }
        Ok(())
    }
}

/// The posts that change when a draft is published: leaders that it appoints begin, those they follow end, and so do all posts of
/// places that cease.
fn appointments(posts: &[Post], draft: &Draft, plan: Id, from: NaiveDate) -> Vec<Post> {
    let mut changed: BTreeMap<Id, Post> = BTreeMap::new();
    let held = |post: &&Post| post.from < from && post.to.is_none_or(|to| from < to);
    for post in posts.iter().filter(held) {
        let Some(place) = post.place else { continue };
        let attributes = draft.attributes(place);
        let ceased = attributes.is_none() && draft.was_in_base(place);
        let followed =
            post.role == Role::Leader && attributes.and_then(|it| it.leader).is_some_and(|leader| leader != Some(post.person));
        if ceased || followed {
            changed.insert(post.id, Post { to: Some(from), ..post.clone() });
        }
    }
    for it in draft.places() {
        let Some(Some(person)) = it.leader else { continue };
        let leads = |post: &Post| post.place == Some(it.id) && post.person == person && post.role == Role::Leader;
        if posts.iter().filter(held).any(leads) {
            continue;
        }
        let source = format!("plan:{plan}:{}", it.id);
        let id = Id::derived("post", &source);
        changed.insert(id, Post { id, source, person, role: Role::Leader, place: Some(it.id), from, to: None });
    }
    changed.into_values().collect()
}
