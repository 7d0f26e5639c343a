//! The reverse proxy from outside: raw servers behind it that do what no decent server does, and clients before it.

mod behind;
mod faults;
mod framing;
mod headers;
mod lean;
mod pool;
mod streaming;
mod upgrade;

use std::{sync::Arc, time::Duration};

use rolo_gateway::{
    Hosts, Plan, Proxy, ProxyPlan, Route, Site,
    proxy::{Address, PhaseTimes},
};

use crate::harness::{self, Running};

/// A plan for one upstream, whose phases are short enough for a test to wait for their end.
fn to(upstream: impl std::fmt::Display) -> ProxyPlan {
    to_all(&[&upstream])
}

fn to_all(upstreams: &[&dyn std::fmt::Display]) -> ProxyPlan {
    let upstreams: Vec<Address> = upstreams.iter().map(|address| address.to_string().parse().unwrap()).collect();
    ProxyPlan { times: times(), ..ProxyPlan::to(upstreams) }
}

fn times() -> PhaseTimes {
    PhaseTimes {
        connect: Duration::from_secs(2),
        send: Duration::from_millis(700),
        first_octet: Duration::from_millis(700),
        between: Duration::from_millis(700),
        upgraded: Duration::from_millis(700),
    }
}

/// Nothing waits so long that it would end by itself.
fn patient() -> PhaseTimes {
    let long = Duration::from_secs(120);
    PhaseTimes { connect: long, send: long, first_octet: long, between: long, upgraded: long }
}

/// A gateway on loopback with nothing but this proxy.
async fn front(plan: ProxyPlan) -> Running {
    front_of(Proxy::new(plan)).await
}

async fn front_of(proxy: Proxy) -> Running {
    let route = Route::new("/", Arc::new(proxy));
    let plan = Plan {
        hosts: Hosts::Any,
        sites: vec![Site { routes: vec![route], ..Site::default() }],
        ..harness::plan(&["http://127.0.0.1:0"])
    };
    Running::start(plan).await
}
