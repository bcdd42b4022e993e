//! Squares, facilities, households, devices, persons, posts, events of cases and rounds → the store.

use super::{
    ImportError, Imported, Job, blocking,
    kept::{Said, keep, keep_contact},
    read_drafts,
    resolve::Names,
};
use crate::{
    case::{Case, CaseEvent, REPORTER},
    geometry::LonLat,
    intake::{
        self, CaseEventDraft, DeviceDraft, EventDraft, FacilityDraft, FulfilmentDraft, HouseholdDraft, IntakeReport,
        PersonDraft, PostDraft, Problem, SquareDraft,
    },
    layer::Layer,
    people::{Contact, Person, Post},
    place::{ALWAYS, Device, Facility, Household, Id, Placement, Square},
    round::{Fulfilment, Round, RoundKind, shipped_rounds},
    service::{Service, ServiceError, placing::centre, timeline::Stretch},
    store::{Writer, Written},
    table::Table,
};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

impl Service {
    pub(super) async fn import_records(&self, job: &Job, table: Table, writer: &mut Writer) -> Result<Imported, ImportError> {
        let (report, written) = match job.options.layer {
            Layer::Squares => {
                let (mut drafts, report) = read_drafts(job, None, table, intake::read_squares).await?;
                keep(&mut drafts, &report, &job.records.squares);
                (report, writer.upsert_squares(&job.squares(drafts).await?).await?)
            }
            Layer::Facilities => {
                let (mut drafts, mut report) = read_drafts(job, None, table, intake::read_facilities).await?;
                keep(&mut drafts, &report, &job.records.facilities);
                let facilities = job.facilities(drafts, &mut report);
                (report, writer.upsert_facilities(&facilities).await?)
            }
            Layer::Households => {
                let (mut drafts, report) = read_drafts(job, None, table, intake::read_households).await?;
                keep(&mut drafts, &report, &job.records.households);
                self.keep_contacts(job, &mut drafts, &report).await?;
                let homes = job.households(drafts, Said::of(&report).has_contact()).await?;
                (report, writer.upsert_households(&homes).await?)
            }
            Layer::Devices => {
                let (mut drafts, report) = read_drafts(job, None, table, intake::read_devices).await?;
                keep(&mut drafts, &report, &job.records.devices);
                (report, writer.upsert_devices(&job.devices(drafts).await?).await?)
            }
            Layer::Persons => {
                let (mut drafts, report) = read_drafts(job, None, table, intake::read_persons).await?;
                keep(&mut drafts, &report, &job.records.persons);
                let persons = persons(drafts, Said::of(&report).has_contact());
                (report, writer.upsert_persons(&persons).await?)
            }
            Layer::Posts => {
                let (mut drafts, mut report) = read_drafts(job, None, table, intake::read_posts).await?;
                keep(&mut drafts, &report, &job.records.posts);
                let posts = job.posts(drafts, &mut report);
                (report, writer.upsert_posts(&posts).await?)
            }
            Layer::CaseEvents => {
                let (drafts, mut report) = read_drafts(job, None, table, intake::read_case_events).await?;
                let (actors, events) = job.case_events(drafts, &mut report);
                writer.upsert_persons(&actors).await?;
                (report, writer.append_events(&events).await?.written)
            }
            Layer::Visits => import_fulfilments(job, RoundKind::Visit, table, writer).await?,
            Layer::Activities => import_fulfilments(job, RoundKind::Activity, table, writer).await?,
            Layer::Patrols => import_fulfilments(job, RoundKind::Patrol, table, writer).await?,
            // Boundaries are imported elsewhere; what is left are reports.
            _ => self.import_reports(job, table, writer).await?,
        };
        Ok(Imported { report, written, boundaries: None })
    }

    async fn keep_contacts(&self, job: &Job, drafts: &mut [HouseholdDraft], report: &IntakeReport) -> Result<(), ImportError> {
        let said = Said::of(report);
        let ids: HashMap<&str, Id> = job.records.households.iter().map(|home| (home.source.as_str(), home.id)).collect();
        let known: Vec<Id> = drafts.iter().filter_map(|draft| ids.get(draft.source.as_str()).copied()).collect();
        let contacts = self.store.household_contacts(&known).await?;
        for draft in drafts {
            if let Some(stored) = ids.get(draft.source.as_str()).and_then(|id| contacts.get(id)) {
                keep_contact(&mut draft.contact, &said, stored);
            }
        }
        Ok(())
    }
}

async fn import_fulfilments(
    job: &Job,
    kind: RoundKind,
    table: Table,
    writer: &mut Writer,
) -> Result<(IntakeReport, Written), ImportError> {
    let reader = match kind {
        RoundKind::Visit => intake::read_visits,
        RoundKind::Activity => intake::read_activities,
        RoundKind::Patrol => intake::read_patrols,
    };
    let (mut drafts, mut report) = read_drafts(job, None, table, reader).await?;
    let stored = match kind {
        RoundKind::Visit => &job.records.visits,
        RoundKind::Activity => &job.records.activities,
        RoundKind::Patrol => &job.records.patrols,
    };
    keep(&mut drafts, &report, stored);
    let fulfilments = job.fulfilments(drafts, &mut report);
    writer.upsert_rounds(&job.new_rounds(&fulfilments)?).await?;
    Ok((report, writer.upsert_fulfilments(&fulfilments).await?))
}

/// `told`: whether the file says anything of contacts.
fn persons(drafts: Vec<PersonDraft>, told: bool) -> Vec<Person> {
    let person = |draft: PersonDraft| Person { id: Id::new(), source: draft.source, contact: told.then_some(draft.contact) };
    drafts.into_iter().map(person).collect()
}

impl Job {
    /// The days under the same boundaries around an instant; `None` while nothing is published.
    pub(super) fn stretch_at(&self, at: DateTime<Utc>) -> Option<&Stretch> {
        self.hot.timeline.on(at.with_timezone(&self.area.zone).date_naive())
    }

    /// Places points under the latest version; `None` for each while nothing is published.
    pub(super) async fn place(&self, points: Vec<Option<LonLat>>) -> Result<Vec<Option<Placement>>, ImportError> {
        let Some(today) = self.hot.era() else {
            return Ok(vec![None; points.len()]);
        };
        blocking(move || today.place(&points).into_iter().map(Some).collect()).await
    }

    async fn squares(&self, drafts: Vec<SquareDraft>) -> Result<Vec<Square>, ImportError> {
        let placements = self.place(drafts.iter().map(|draft| centre(&draft.shape)).collect()).await?;
        let square = |(draft, placement): (SquareDraft, Option<Placement>)| Square {
            id: Id::new(),
            source: draft.source,
            name: draft.name,
            shape: draft.shape,
            area_m2: draft.area_m2,
            evacuation_site: draft.evacuation_site,
            valid_from: draft.valid_from.unwrap_or(self.options.valid_from.unwrap_or(ALWAYS)),
            valid_to: draft.valid_to,
            placement,
        };
        Ok(drafts.into_iter().zip(placements).map(square).collect())
    }

    fn facilities(&self, drafts: Vec<FacilityDraft>, report: &mut IntakeReport) -> Vec<Facility> {
        let names = Names::of(self);
        let mut facilities = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let Some(square) = names.square(&draft.square) else {
                refuse(report, draft.row, names.unknown("square", &draft.square));
                continue;
            };
            facilities.push(Facility {
                id: Id::new(),
                source: draft.source,
                square,
                kind: draft.kind,
                status: draft.status,
                location: draft.location,
                valid_from: draft.valid_from.unwrap_or(self.options.valid_from.unwrap_or(ALWAYS)),
                valid_to: draft.valid_to,
            });
        }
        facilities
    }

    /// `told`: whether the file says anything of contacts.
    async fn households(
        &self,
        drafts: Vec<HouseholdDraft>,
        told: bool,
    ) -> Result<Vec<(Household, Option<Contact>)>, ImportError> {
        let placements = self.place(drafts.iter().map(|draft| draft.location).collect()).await?;
        let household = |(draft, placement): (HouseholdDraft, Option<Placement>)| {
            let contact = told.then_some(draft.contact);
            let household = Household {
                id: Id::new(),
                source: draft.source,
                location: draft.location,
                persons: draft.persons.unwrap_or(0),
                lived_in_from: draft.lived_in_from.unwrap_or(ALWAYS),
                lived_in_to: draft.lived_in_to,
                placement,
            };
            (household, contact)
        };
        Ok(drafts.into_iter().zip(placements).map(household).collect())
    }

    async fn devices(&self, drafts: Vec<DeviceDraft>) -> Result<Vec<Device>, ImportError> {
        let placements = self.place(drafts.iter().map(|draft| draft.location).collect()).await?;
        let device = |(draft, placement): (DeviceDraft, Option<Placement>)| Device {
            id: Id::new(),
            source: draft.source,
            kind: draft.kind,
            status: draft.status,
            location: draft.location,
            last_seen: draft.last_seen,
            valid_from: draft.valid_from.unwrap_or(self.options.valid_from.unwrap_or(ALWAYS)),
            valid_to: draft.valid_to,
            placement,
        };
        Ok(drafts.into_iter().zip(placements).map(device).collect())
    }

    fn posts(&self, drafts: Vec<PostDraft>, report: &mut IntakeReport) -> Vec<Post> {
        let names = Names::of(self);
        let mut posts = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let Some(person) = names.person(&draft.person) else {
                refuse(report, draft.row, format!("person {:?}", draft.person));
                continue;
            };
            let place = match draft.place.as_deref().map(|key| (key, names.place(key))) {
                Some((key, None)) => {
                    refuse(report, draft.row, names.unknown("place", key));
                    continue;
                }
                Some((_, place)) => place,
                None => None,
            };
            posts.push(Post {
                id: Id::new(),
                source: draft.source,
                person,
                role: draft.role,
                place,
                from: draft.from,
                to: draft.to,
            });
        }
        posts
    }

    fn fulfilments(&self, drafts: Vec<FulfilmentDraft>, report: &mut IntakeReport) -> Vec<Fulfilment> {
        let names = Names::of(self);
        let mut fulfilments = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let (what, place) = match draft.kind {
                RoundKind::Visit => ("household", names.household(&draft.place)),
                RoundKind::Activity => ("square", names.square(&draft.place)),
                RoundKind::Patrol => ("grid", names.place(&draft.place)),
            };
            let Some(place) = place else {
                refuse(report, draft.row, names.unknown(what, &draft.place));
                continue;
            };
            let person = match draft.person.as_deref().map(|key| (key, names.person(key))) {
                Some((key, None)) => {
                    report.warn(Problem::UnknownParent, Some(draft.row), format!("person {key:?}"));
                    None
                }
                Some((_, person)) => person,
                None => None,
            };
            fulfilments.push(Fulfilment {
                id: Id::new(),
                source: draft.source,
                kind: draft.kind,
                programme: draft.programme,
                place,
                at: draft.at,
                outcome: draft.outcome,
                person,
                location: draft.location,
                attendance: draft.attendance,
            });
        }
        fulfilments
    }

    /// The shipped rounds whose programmes are fulfilled here and of which the store knows nothing yet.
    fn new_rounds(&self, fulfilments: &[Fulfilment]) -> Result<Vec<Round>, ImportError> {
        let named: HashSet<(RoundKind, &str)> = fulfilments.iter().map(|it| (it.kind, it.programme.as_str())).collect();
        let known =
            |round: &Round| self.records.rounds.iter().any(|it| (it.kind, &it.programme) == (round.kind, &round.programme));
        let shipped = shipped_rounds().map_err(|error| ServiceError::Analytics(error.to_string()))?;
        Ok(shipped
            .into_iter()
            .filter(|round| named.contains(&(round.kind, round.programme.as_str())) && !known(round))
            .collect())
    }

    /// The events, and the persons or offices that acted in them and are not stored yet: files name them as they like, also by
    /// name, and that stays in the private store.
    fn case_events(&self, drafts: Vec<CaseEventDraft>, report: &mut IntakeReport) -> (Vec<Person>, Vec<CaseEvent>) {
        let stored: HashMap<&str, &Case> = self.records.cases.iter().map(|case| (case.source.as_str(), case)).collect();
        let mut ids: HashMap<String, Id> = self.records.persons.iter().map(|it| (it.source.clone(), it.id)).collect();
        let (mut actors, mut events) = (Vec::new(), Vec::with_capacity(drafts.len()));
        for CaseEventDraft { row, case, mut event } in drafts {
            let Some(&case) = stored.get(case.as_str()) else {
                refuse(report, row, format!("case {case:?}"));
                continue;
            };
            if event.at < case.submitted_at {
                let text = format!("{}: {} {}, submitted {}", case.source, event.transition, event.at, case.submitted_at);
                report.warn(Problem::BeforeSubmitted, Some(row), text);
            }
            if let Some(actor) = event.actor.take() {
                event.actor = Some(if actor == REPORTER || actor.parse::<Id>().is_ok() {
                    actor
                } else {
                    let id = ids.entry(actor).or_insert_with_key(|source| {
                        let person = Person { id: Id::new(), source: source.clone(), contact: None };
                        actors.push(person.clone());
                        person.id
                    });
                    id.to_string()
                });
            }
            events.push(self.event(case.id, event));
        }
        (actors, events)
    }

    pub(super) fn event(&self, case: Id, event: EventDraft) -> CaseEvent {
        CaseEvent {
            case,
            transition: event.transition,
            at: event.at,
            actor: event.actor,
            version: self.stretch_at(event.at).map(|stretch| stretch.version),
        }
    }
}

/// The row names something that the store does not have.
fn refuse(report: &mut IntakeReport, row: u64, what: String) {
    report.reject(Problem::UnknownParent, row, what);
    report.accepted = report.accepted.saturating_sub(1);
}
