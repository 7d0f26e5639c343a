//! The process: its roles, what each hands requests to, and what works beside its listeners until the stop.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result, bail};
use rolo_gateway::{
    AccessLog, Files, Gateway, Plan, Proxy, Route, Stop, Upstream,
    access::{LogFormat, LogTo},
};
use rolo_services::random::SystemRandom;
use rolo_ssr::Pages;
use tokio::task::JoinHandle;
use tracing::{error, warn};

use super::{
    super::cli::{Common, Role},
    certify::Certify,
    door::{self, Door, Neighbour},
    figures::{Figures, Told},
    listen,
    opened::Work,
    plan::{self, Targets},
    serving::Serving,
};
use crate::{
    config::{self, AccessFormat, Config, To},
    pages::{Asked, PagesUpstream},
    telemetry::Telemetry,
    upstream, web,
};

/// What servers of our own are asked now and then: whether they live. What is behind them is theirs to say.
const HEALTH: &str = "/healthz";
/// Probes of a process that has the API.
const PROBES: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/version"];

/// What runs in this process.
pub(super) struct Process {
    role: Option<Role>,
    data: PathBuf,
    serving: Option<Arc<Serving>>,
    pages: Option<Arc<Pages>>,
    files: Files,
    tasks: Vec<JoinHandle<()>>,
    figures: Arc<Figures>,
    /// Certificates by ACME.
    certify: Arc<Certify>,
    /// What the access log was opened with, and the log.
    access: Mutex<(config::AccessLog, AccessLog)>,
    telemetry: Option<Arc<Telemetry>>,
}

impl Process {
    /// Starts what this role needs; nobody is listened to yet.
    pub(super) async fn start(role: Option<Role>, common: &Common, config: &Config, stop: &Stop) -> Result<Self> {
        let mut process = Self {
            role,
            data: common.data.clone(),
            serving: None,
            pages: None,
            files: Files::default(),
            tasks: Vec::new(),
            figures: Arc::default(),
            certify: Arc::default(),
            access: Mutex::default(),
            telemetry: None,
        };
        // Before anything is opened: what is wrong is said at once.
        process.check(config)?;
        match role {
            None => {
                process.open(common, config, stop, Work::All).await?;
                process.files = files();
                if config.ssr.enabled {
                    process.draw(process.api()?)?;
                }
            }
            Some(Role::Api) => process.open(common, config, stop, Work::Api).await?,
            Some(Role::Worker) => process.open(common, config, stop, Work::Later).await?,
            Some(Role::Gateway) => {
                process.files = files();
                process.telemetry = Telemetry::of(config, Arc::new(SystemRandom))?;
            }
            Some(Role::Ssr) => process.draw(upstream::proxy("api.url", config.api.place(), HEALTH)?)?,
        }
        Ok(process)
    }

    pub(super) fn role(&self) -> Option<Role> {
        self.role
    }

    /// The code of the set-up page, while nobody has an account.
    pub(super) fn code(&self) -> Option<String> {
        self.serving.as_ref().and_then(|serving| serving.now().code.clone())
    }

    /// Waits until what works beside the listeners has ended.
    pub(super) async fn end(&mut self) {
        for task in self.tasks.drain(..) {
            if let Err(error) = task.await {
                error!(error = %error, "a role ended in a panic");
            }
        }
    }
}

impl Process {
    /// What a configuration can be refused for, and what is said loudly although it is allowed.
    fn check(&self, config: &Config) -> Result<()> {
        let loud = match self.role {
            None | Some(Role::Gateway) => {
                listen::front(config)?;
                Vec::new()
            }
            Some(Role::Api) => listen::beyond("api.listen", &config.api.listen, "the API"),
            Some(Role::Ssr) => listen::beyond("ssr.listen", &config.ssr.listen, "the SSR server"),
            Some(Role::Worker) => {
                if config.services.database.starts_with("sqlite:") {
                    bail!(
                        "An SQLite file belongs to one process: there rolo serve api does what the worker does. \
                         A worker of its own needs services.database to be mysql:// or postgres://."
                    );
                }
                listen::beyond("worker.listen", &config.worker.listen, "the worker")
            }
        };
        for sentence in loud {
            warn!("{sentence}");
        }
        Ok(())
    }

    /// Opens the data, and begins what works on it.
    async fn open(&mut self, common: &Common, config: &Config, stop: &Stop, work: Work) -> Result<()> {
        let serving = Arc::new(Serving::open(&common.data, config, work, stop).await?);
        self.telemetry = serving.now().machine.telemetry.clone();
        let runs = Arc::clone(&serving);
        self.tasks.push(tokio::spawn(async move { runs.run().await }));
        self.serving = Some(serving);
        Ok(())
    }

    /// What draws pages, asking this API.
    fn draw(&mut self, api: Arc<dyn Upstream>) -> Result<()> {
        let Some(parts) = web::pages() else {
            warn!("this program was built without what draws pages: the browser draws them");
            return Ok(());
        };
        let pages = Arc::new(Pages::new(parts, Arc::new(Asked(api)))?);
        self.figures.draw(&pages);
        self.pages = Some(pages);
        Ok(())
    }

    /// The pages as the gateway sees them.
    fn pages(&self) -> Option<Arc<dyn Upstream>> {
        self.pages.as_ref().map(|pages| Arc::new(PagesUpstream(Arc::clone(pages))) as _)
    }

    /// What the listeners of this process shall do.
    pub(super) fn plan(&self, config: &Config) -> Result<Plan> {
        self.check(config)?;
        let plan = self.planned(config)?;
        let journal = self.telemetry.clone().map(|telemetry| telemetry as _);
        Ok(Plan { log: self.access_log(config)?, journal, ..plan })
    }

    /// The log that is open, if it is still the one that is wanted; its file is then opened anew, for it may have been moved away.
    fn access_log(&self, config: &Config) -> Result<AccessLog> {
        let mut open = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = &config.access_log;
        if open.0 == *wanted {
            open.1.reopen();
            return Ok(open.1.clone());
        }
        let format = match wanted.format {
            AccessFormat::Off => None,
            AccessFormat::Common => Some(LogFormat::Common),
            AccessFormat::Combined => Some(LogFormat::Combined),
            AccessFormat::Json => Some(LogFormat::Json),
        };
        let to = match wanted.file.is_empty() {
            true => LogTo::Stdout,
            false => LogTo::File(self.data.join(&wanted.file)),
        };
        let log = format.map(|format| AccessLog::open(format, to)).transpose();
        let log = log.context("the access log cannot be opened")?.unwrap_or_default();
        *open = (wanted.clone(), log.clone());
        Ok(log)
    }

    fn planned(&self, config: &Config) -> Result<Plan> {
        match self.role {
            None | Some(Role::Gateway) => self.front(config),
            Some(Role::Api) => {
                let routes = vec![Route::new("/", self.api()?)];
                plan::private(config, listen::private("api.listen", &config.api.listen)?, routes)
            }
            Some(Role::Worker) => {
                let api = self.api()?;
                let routes = PROBES.iter().map(|path| Route::new(*path, Arc::clone(&api))).collect();
                plan::private(config, listen::private("worker.listen", &config.worker.listen)?, routes)
            }
            Some(Role::Ssr) => {
                let Some(pages) = self.pages() else { bail!("this program was built without what draws pages") };
                let api = upstream::proxy("api.url", config.api.place(), "")?;
                let neighbours = vec![neighbour("api", &api, "/readyz", true)];
                let door: Arc<dyn Upstream> = Arc::new(Door::new(neighbours, Arc::clone(&self.figures)));
                let mut routes: Vec<Route> =
                    door::PATHS.iter().map(|path| Route::new(*path, Arc::clone(&door))).collect();
                routes.push(Route::new("/", pages));
                plan::private(config, listen::private("ssr.listen", &config.ssr.listen)?, routes)
            }
        }
    }

    fn front(&self, config: &Config) -> Result<Plan> {
        let mut ways = BTreeMap::new();
        let (mut neighbours, mut elsewhere) = (Vec::new(), Vec::new());
        for (at, site) in config.sites.iter().enumerate() {
            for (path, route) in &site.routes {
                if let To::Urls(urls) = &route.to {
                    let name = format!("site[{}].routes: {path}", at + 1);
                    let way = upstream::way(&name, urls, &route.manner, &self.data)?;
                    let asked = route.manner.health().unwrap_or("/");
                    neighbours.push(neighbour(&urls.to_string(), &way, asked, false));
                    elsewhere.push((urls.to_string(), Arc::clone(&way)));
                    ways.insert((at, path.clone()), way as Arc<dyn Upstream>);
                }
            }
        }
        let targets = match &self.serving {
            Some(serving) => Targets {
                api: Arc::clone(serving) as _,
                pages: self.pages(),
                door: Arc::new(Told {
                    api: Arc::clone(serving) as _,
                    figures: Arc::clone(&self.figures),
                    certify: Arc::clone(&self.certify),
                }),
                door_paths: &PROBES,
                files: self.files.clone(),
            },
            None => {
                let api = upstream::proxy("api.url", config.api.place(), HEALTH)?;
                neighbours.insert(0, neighbour("api", &api, "/readyz", true));
                elsewhere.push(("api".to_owned(), Arc::clone(&api)));
                let pages = match config.ssr.enabled {
                    true => Some(upstream::proxy("ssr.url", config.ssr.place(), HEALTH)?),
                    false => None,
                };
                if let Some(pages) = &pages {
                    neighbours.insert(1, neighbour("ssr", pages, HEALTH, false));
                    elsewhere.push(("ssr".to_owned(), Arc::clone(pages)));
                }
                let door = Door::new(neighbours, Arc::clone(&self.figures)).certified(Arc::clone(&self.certify));
                let door = Arc::new(door);
                let pages = pages.map(|pages| pages as Arc<dyn Upstream>);
                Targets { api, pages, door, door_paths: &door::PATHS, files: self.files.clone() }
            }
        };
        let mut plan = plan::front(&self.data, config, &targets, &ways)?;
        self.certify.prepare(&self.data, config, &mut plan)?;
        self.figures.follow(elsewhere);
        Ok(plan)
    }

    fn api(&self) -> Result<Arc<dyn Upstream>> {
        let Some(serving) = &self.serving else { bail!("the API is not in this process") };
        Ok(Arc::clone(serving) as _)
    }

    /// The plan that was made last is taken up: from now on its certificates are asked for.
    pub(super) fn certify(&self, stop: &Stop) {
        self.certify.begin(stop);
    }

    /// From now on what this gateway counts is told, and commands know where it answers.
    pub(super) fn watch(&self, gateway: &Arc<Gateway>, place: &str) {
        self.figures.watch(gateway);
        if let Some(serving) = &self.serving {
            let _first = serving.now().machine.url.set(place.to_owned());
        }
    }

    /// Until a backup was written back that waits to be taken into use by another start.
    pub(super) async fn restored(&self) {
        match self.serving.as_ref().and_then(|serving| serving.now().restoring.clone()) {
            Some(restoring) => restoring.whole().await,
            None => std::future::pending().await,
        }
    }
}

fn neighbour(name: &str, way: &Arc<Proxy>, path: &str, needed: bool) -> Neighbour {
    Neighbour { name: name.to_owned(), way: Arc::clone(way) as _, path: path.to_owned(), needed }
}

fn files() -> Files {
    let files = web::files();
    if files.is_empty() {
        warn!("this program was built without the web app: only the API answers");
    }
    files
}
