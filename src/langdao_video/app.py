"""The composition root: the only place that joins settings, adapters and services.

`create_app()` returns an ASGI application. Run it with `langdao-video serve`, or mount it in a platform's own
application (docs/operations.md#below-a-path).
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from functools import partial

import structlog
from fastapi.middleware.gzip import GZipMiddleware

from langdao_video.access.revocations import Revocations
from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.throttle import RefusalThrottle
from langdao_video.access.tokens import Tokens
from langdao_video.across_nodes.joining import Carriages, open_backplane
from langdao_video.apart.room_renderer import RoomRenderer
from langdao_video.apart.rooms import PlatformRooms, ToldBackend
from langdao_video.billing.money import receive_rate
from langdao_video.billing.monitor import run_monitor
from langdao_video.billing.rules import BillRules
from langdao_video.billing.service import Listener, SessionService
from langdao_video.clock import Clock
from langdao_video.delivery.dispatcher import Means
from langdao_video.delivery.targets import receive_target_rule
from langdao_video.delivery.transport import HttpTransport
from langdao_video.delivery.worker import ROOM_ENDPOINT, DeliveryWorker, save_endpoint_of_settings
from langdao_video.in_process.backend import InProcessBackend
from langdao_video.in_process.chat_book import ChatBook
from langdao_video.in_process.event_renderer import EventRenderer, render_beat
from langdao_video.in_process.listeners import make_delivery_listener, make_hint_listener, make_room_listener
from langdao_video.logs import count_dropped_lines, hand_logs_to_the_host
from langdao_video.metrics.collector import Measured, make_registry
from langdao_video.nodes.joining import JoinedNode, fingerprint, join, lock_file
from langdao_video.session.links import LinkRules
from langdao_video.settings import Settings
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.hub import Hub
from langdao_video.signaling.ice import IcePlan
from langdao_video.signaling.ice_command import IceCommand
from langdao_video.signaling.port import Backend
from langdao_video.signaling.room_loader import RoomLoader
from langdao_video.signaling.rules import RoomRules
from langdao_video.store.migrate import migrate
from langdao_video.store.ownership import RoomOwners
from langdao_video.store.port import Store
from langdao_video.store.sql import SqlStore
from langdao_video.web.assets import Assets
from langdao_video.web.bodies import BodyLimit
from langdao_video.web.context import STATIC, Context
from langdao_video.web.exception_handlers import add_exception_handlers
from langdao_video.web.readiness import (
    Condition,
    Readiness,
    Vitals,
    find_drain,
    find_lapse,
    find_stopped_loop,
)
from langdao_video.web.routers import choose_routers
from langdao_video.web.service import CallService

log = structlog.get_logger(__name__)

_SHUTDOWN_SECONDS = 3.0
"""How long the parts may take to end, all together. With a second for open connections (server/run.py) and what the
database needs to close, a stop ends within 5 s, whatever hangs."""
_ROOMS_SHUTDOWN_SECONDS = 1.0
_PROOFS_SHUTDOWN_SECONDS = 0.5
_SETTLE_SECONDS = 0.5
"""Kept for saving what became of the deliveries."""


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> CallService:
    """Make the application. It opens nothing before it starts. By default it reads *settings* from the environment."""
    settings = settings or Settings()

    @asynccontextmanager
    async def opens() -> AsyncIterator[None]:
        hand_logs_to_the_host()
        async with AsyncExitStack() as stack:
            app.state.context = await _open(app, settings, clock, stack)
            yield

    app = CallService(settings, opens)
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_middleware(BodyLimit)
    add_exception_handlers(app)
    # First, because a page asks for many files, and each request is compared with the routes in this order.
    app.mount("/static", Assets(STATIC), name="static")
    for router in choose_routers(settings.role):
        app.include_router(router)
    return app


async def _open(app: CallService, settings: Settings, clock: Clock | None, stack: AsyncExitStack) -> Context:
    store, keys, node = await _open_store(settings, clock, stack)
    clock, owners = node.clock, node.holdings
    tokens, book = Tokens(keys), ChatBook(store.chats, keys, clock, owners)
    service = make_service(settings, store, clock, owners)
    throttle = stack.enter_context(closing(RefusalThrottle()))
    revoked = Revocations(store)
    statements = _make_statement_links(settings, tokens, revoked)
    told = PlatformRooms(service, clock) if settings.role == "call" and settings.call_secret else None
    own = InProcessBackend(service, statements, is_development=settings.is_development, torn_ms=node.torn_ms)
    command = _make_ice_command(settings)
    backend = own if told is None else ToldBackend(own, told)
    hub = Hub(
        _make_loader(settings, backend, tokens, command), backend, book, clock, check_grant=revoked.check
    )
    revoked.expel = hub.expel
    _share_rooms(node, hub, service)
    await revoked.refresh()
    carriages, plane_loops = await _connect(app, settings, store, node, stack, hub)
    tell_rooms = _listen_for_rooms(told, hub, clock, statements)
    service.listeners += [tell_rooms, make_hint_listener(carriages.backplane.publish_hint), book.note]
    worker = await _open_delivery(settings, store, service, statements, stack, node)
    stack.push_async_callback(_finish, service, hub, worker)
    stack.push_async_callback(carriages.close)
    runs = (part.run() for part in (hub, revoked, worker, book, command, node.membership) if part)
    loops = (*plane_loops, *_start(stack, run_monitor(service), *runs))
    measured = Measured(hub, service, store.tally, worker.tally, node.holdings, carriages.backplane)
    return Context(
        settings=settings,
        clock=clock,
        wall_ms=node.wall_ms,
        store=store,
        deliveries=store.deliveries,
        reload_endpoints=worker.reload,
        sessions=service,
        hub=hub,
        tokens=tokens,
        revocations=revoked,
        statements=statements,
        admission=make_admission(settings, tokens),
        throttle=throttle,
        backplane=carriages.backplane,
        carriages=carriages,
        rooms=told,
        hurry=worker.hurry,
        loops=loops,
        vitals=_open_vitals(stack, loops, node, store, measured),
    )


async def _open_store(
    settings: Settings, clock: Clock | None, stack: AsyncExitStack
) -> tuple[SqlStore, Sequence[str], JoinedNode]:
    """Open the store, and become one of its nodes. Return both, and the keys that sign links."""
    lock_file(settings.database_url, stack)
    await migrate(settings.database_url)
    store = await SqlStore.open(settings.database_url)
    stack.push_async_callback(store.close)
    keys = settings.link_keys or [await store.load_secret("dev-link-key", lambda: secrets.token_hex(32))]
    joint = fingerprint(settings.redis_place) if settings.redis_url else ""
    node = await join(settings.database_url, store, stack, keys=keys, backplane=joint, clock=clock)
    return store, keys, node


async def _connect(
    app: CallService,
    settings: Settings,
    store: SqlStore,
    node: JoinedNode,
    stack: AsyncExitStack,
    hub: Hub,
) -> tuple[Carriages, tuple[asyncio.Task[None], ...]]:
    """Connect this node with the others. Raises Unavailable `redis-unusable` with what to set."""

    async def find_owner(session_id: str) -> str | None:
        owner = await store.owners.find_owner(session_id)
        return None if owner is None else owner.node_id

    service = await store.load_secret("backplane", lambda: secrets.token_hex(8))
    backplane, loops = await open_backplane(settings.redis_url, service, node.id, partial(_start, stack))
    carriages = Carriages(node.id, backplane, find_owner, app, app.open_socket)
    hub.passages = carriages.pages
    return carriages, (*loops, *_start(stack, carriages.exchange.run()))


def _share_rooms(node: JoinedNode, hub: Hub, service: SessionService) -> None:
    """Let the hub know which rooms other nodes take, and let other nodes have rooms when this one stops."""
    if node.holdings is None or node.membership is None:
        return
    node.holdings.room_lost, node.holdings.hosts = hub.lose_room, hub.hosts
    membership = node.membership

    async def give_away(session_id: str) -> None:
        await service.save_presence()
        await membership.give_away(session_id)

    hub.give_away, hub.has_successor = give_away, membership.has_successor


def _start(stack: AsyncExitStack, *runs: Coroutine[object, object, None]) -> tuple[asyncio.Task[None], ...]:
    """Start what runs as long as the service does."""
    loops = tuple(asyncio.create_task(run) for run in runs)
    for loop in loops:
        stack.push_async_callback(_cancel, loop)
    return loops


def _open_vitals(
    stack: AsyncExitStack,
    loops: tuple[asyncio.Task[None], ...],
    node: JoinedNode,
    store: SqlStore,
    measured: Measured,
) -> Vitals:
    """Begin to measure, and to say whether this process should get more rooms."""
    loops += _start(stack, measured.loop_lag.run())
    conditions: list[Condition] = [partial(find_stopped_loop, loops), partial(find_drain, measured.hub)]
    if node.holdings is not None:
        conditions.append(partial(find_lapse, node.holdings.check_lease))
    readiness = Readiness(store.probe, conditions)
    stack.push_async_callback(readiness.close)
    return Vitals(readiness, make_registry(measured, lambda: readiness.is_ready, count_dropped_lines))


def _listen_for_rooms(
    told: PlatformRooms | None, hub: Hub, clock: Clock, statements: StatementLinks
) -> Listener:
    """Return what sends each change to its room: with the figures of the platform's backend, if that is elsewhere."""
    if told is None:
        return make_room_listener(clock, statements, hub.apply)
    told.apply_command = hub.apply
    return told.listen


async def _open_delivery(
    settings: Settings,
    store: SqlStore,
    service: SessionService,
    statements: StatementLinks,
    stack: AsyncExitStack,
    node: JoinedNode,
) -> DeliveryWorker:
    """Begin to deliver what waits in the outbox, and what *service* makes from now on."""
    clock = service.clock
    if freed := await store.deliveries.free_claims(clock.now_ms()):
        log.info("deliveries-taken-over", streams=freed)
    await save_endpoint_of_settings(
        store.deliveries, settings.backend_url, settings.backend_secret, clock.now_ms()
    )
    await save_endpoint_of_settings(
        store.deliveries,
        settings.call_url,
        settings.call_secret,
        clock.now_ms(),
        id_=ROOM_ENDPOINT,
        kind="room",
    )
    rule = receive_target_rule(settings.webhook_private_targets, allows_loopback=settings.is_development)
    certificate = settings.webhook_client_cert
    transport = HttpTransport(
        rule,
        certificate=(certificate, settings.webhook_client_key or certificate) if certificate else None,
    )
    stack.push_async_callback(transport.close)
    means = Means(
        store=store.deliveries,
        clock=clock,
        transport=transport,
        renderers={"events": EventRenderer(), "room": RoomRenderer(statements.make)},
        make_token=lambda: f"{node.id}.{secrets.token_hex(16)}",
        chance=secrets.SystemRandom().random,
        wall_ms=node.wall_ms,
    )
    worker = DeliveryWorker(means)
    await worker.refresh()
    service.listeners.append(make_delivery_listener(worker.hint))
    service.render_beat = lambda lesson, heartbeat: (
        render_beat(heartbeat, lesson, uuid.uuid4().hex) if worker.wants_beats else None
    )
    return worker


def make_service(
    settings: Settings, store: Store, clock: Clock, owners: RoomOwners | None = None
) -> SessionService:
    """Make the service that bills by the rules of *settings*, and decides for the rooms of *owners*."""
    rules = BillRules(
        silence_ms=settings.silence_seconds * 1000,
        grace_ms=settings.grace_seconds * 1000,
        disputes=settings.disputes,
    )
    return SessionService(
        store=store,
        clock=clock,
        rules=rules,
        default_rate=receive_rate(settings.default_rate_per_hour_minor, settings.default_currency),
        opens_unknown=settings.is_development,
        owners=owners,
    )


def make_admission(settings: Settings, tokens: Tokens) -> Admission:
    """Make the check of links by the rules of *settings*."""
    return Admission(
        tokens,
        LinkRules(lenient=settings.is_development),
        needs_token=not settings.is_development,
        has_relay=settings.may_have_relay,
    )


def make_ice_plan(settings: Settings, command: IceCommand | None = None) -> IcePlan:
    """Make the plan of ICE servers of *settings*, and of their *command*."""
    return IcePlan(
        stun_urls=settings.stun_urls,
        turn_urls=settings.turn_urls,
        turn_secret=settings.turn_secret,
        turn_ttl_ms=settings.turn_ttl_seconds * 1000,
        static=settings.static_ice_servers,
        ask_command=None if command is None else command.answer,
    )


def _make_statement_links(settings: Settings, tokens: Tokens, revoked: Revocations) -> StatementLinks:
    return StatementLinks(
        settings.base_url, tokens, needs_token=not settings.is_development, cutoff_ms=revoked.cutoff_ms
    )


def _make_ice_command(settings: Settings) -> IceCommand | None:
    words = settings.ice_servers_command_words
    return IceCommand(words, settings.ice_servers_seconds) if words else None


def _make_loader(
    settings: Settings, backend: Backend, tokens: Tokens, ice_command: IceCommand | None
) -> RoomLoader:
    return RoomLoader(
        backend=backend,
        tokens=tokens,
        rules=RoomRules(disputes=settings.disputes),
        offer_ice=make_ice_plan(settings, ice_command).offer,
    )


async def _finish(service: SessionService, hub: Hub, worker: DeliveryWorker) -> None:
    """Let the rooms report, save the newest proofs, and end the deliveries, all within _SHUTDOWN_SECONDS.

    Running deliveries get what the others leave. They are settled in any case, so that no claim must lapse.
    """
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + _SHUTDOWN_SECONDS
    try:
        async with asyncio.timeout(_ROOMS_SHUTDOWN_SECONDS + _PROOFS_SHUTDOWN_SECONDS):
            await hub.finish(_ROOMS_SHUTDOWN_SECONDS)
            await service.save_presence()
    except TimeoutError:
        log.warning("stop-cut-off", part="rooms")
    finally:
        try:
            async with asyncio.timeout_at(ends_s):
                await worker.close(max(0.0, ends_s - loop.time() - _SETTLE_SECONDS))
        except TimeoutError:
            log.warning("stop-cut-off", part="deliveries")


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
