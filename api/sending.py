"""A dispatcher for the one notice the web sends by itself: the test of a channel."""

from __future__ import annotations

from alerts.channels.limits import load_limits
from alerts.channels.opening import open_all
from alerts.dispatcher import Dispatcher
from alerts.trial import Tester, Tried, find_channel, send_test
from api.services import Services
from core.rulebook import rules_folder
from storage import channels
from storage.channels import StoredChannel
from storage.keys import DataKey, load_or_create_key


def seal_of(services: Services) -> DataKey:
    """The key of the data folder, with which the channels' settings are sealed."""
    return load_or_create_key(services.data_dir)


def channel_named(services: Services, key: str) -> StoredChannel:
    """The channel with this name.

    Raises:
        NotFound: there is none.
    """
    seal = seal_of(services)
    with services.database.write() as connection:
        channels.ensure_console(connection, seal, services.clock.now())
        return find_channel(channels.stored(connection, seal), key)


def try_channel(services: Services, key: str, tester: Tester, address: str) -> Tried:
    """Send a test and wait how it ends, at most about fifteen seconds.

    Raises:
        NotFound, Conflict, DeliveryError, InvalidInput: see `alerts.trial.send_test`.
    """
    seal, limits = seal_of(services), load_limits(rules_folder())
    dispatcher = Dispatcher(
        services.database,
        lambda: open_all(services.database, seal, services.data_dir, limits),
        services.clock,
        services.law.ladders.delivery,
    )
    return send_test(dispatcher, channel_named(services, key), tester, address)
