//! Real servers on a port of their own over a small generated subdistrict, and a client that reads what they answer.

use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime};
use wangge::{
    http::{self, AppState, Limits},
    service::Service,
    store::Target,
    testing::subdistrict::Settings,
};

pub const SMALL: Settings = Settings { seed: 11, grids: 12, households: 200, reports: 500, months: 3 };

/// Where the servers run; the tests themselves may block.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// The same data, as the office and as the public see them.
pub struct Demo {
    pub service: Arc<Service>,
    pub office: Client,
    pub public: Client,
}

pub static DEMO: LazyLock<Demo> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("http-demo");
    let _ = std::fs::remove_dir_all(&folder);
    RUNTIME.block_on(async {
        let service = Service::open(Target::Directory(folder), None).await.unwrap();
        service.load_demo(SMALL).await.unwrap();
        let office = serve(&service, None).await;
        let public = serve(&service, Some("0.0.0.0:8080".parse().unwrap())).await;
        Demo { service, office, public }
    })
});

/// Starts a server over `service` that believes to listen on `listen`, or on where it does.
pub async fn serve(service: &Arc<Service>, listen: Option<SocketAddr>) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let state = state(service, listen.unwrap_or(address));
    tokio::spawn(http::serve(listener, state, Limits::default(), std::future::pending(), Duration::ZERO));
    Client { address }
}

pub fn state(service: &Arc<Service>, listen: SocketAddr) -> AppState {
    // Not installed for the process: several tests have a recorder of their own.
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let metrics = Some(recorder.handle());
    AppState { service: Arc::clone(service), listen, base_map: None, base_map_file: None, metrics }
}

/// Sends requests to one server.
#[derive(Clone, Copy)]
pub struct Client {
    pub address: SocketAddr,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    pub fn get(self, path: &str) -> Answer {
        self.send("GET", path, &[])
    }

    pub fn get_with(self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers)
    }

    pub fn send(self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(()).unwrap()).unwrap();
        let body = response.body_mut().with_config().limit(1 << 28).read_to_vec().unwrap();
        Answer { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    /// Sends JSON.
    pub fn post(self, path: &str, content: &Value) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut response = agent.post(format!("http://{}{path}", self.address)).send_json(content).unwrap();
        let body = response.body_mut().with_config().limit(1 << 28).read_to_vec().unwrap();
        Answer { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    /// Sends `head` as it stands, and returns all that the server says before it closes.
    pub fn raw(self, head: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    /// The JSON of a 200.
    pub fn json(self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
        answer.json()
    }

    /// The collection of a 200.
    pub fn geojson(self, path: &str) -> geojson::FeatureCollection {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/geo+json", "{path}");
        answer.text().parse::<geojson::GeoJson>().unwrap().try_into().unwrap()
    }

    /// The columns and rows of a CSV.
    pub fn csv(self, path: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8", "{path}");
        let text = answer.text();
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark, so that spreadsheets show Chinese");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
        (columns, reader.records().map(|it| row(it.unwrap())).collect())
    }

    /// The detail of a problem, whose form is checked.
    pub fn problem(self, path: &str, status: u16) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        answer.problem()
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let json = self.json();
        assert_eq!(json["status"], self.status);
        assert!(json["type"].as_str().unwrap().starts_with("urn:wangge:problem:"), "{json}");
        assert!(!json["title"].as_str().unwrap().is_empty());
        json["detail"].as_str().unwrap().to_owned()
    }
}
