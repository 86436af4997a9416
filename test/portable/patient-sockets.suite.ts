// What comes while there is no room is held, up to a bound, and then taken as it came.

import { patientSockets } from "../../src/firmware/patient-sockets.js";
import type { Socket } from "../../src/firmware/platform.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { equal, suite } from "./suite.js";
import { ACCOUNT } from "./fake-server.js";

interface World {
  platform: FakePlatform;
  isShort: boolean;
  socket: Socket;
  heard: string[];
}

function create(): World {
  const platform = createFakePlatform();
  const heard: string[] = [];
  const sockets = patientSockets(platform.sockets, platform.timer, function () {
    return world.isShort;
  });
  const socket = sockets.dial(ACCOUNT, {
    onOpen: function () {
      heard.push("open");
    },
    onBytes: function (bytes) {
      heard.push(bytes);
    },
    onClose: function (reason) {
      heard.push("close " + reason);
    },
  });
  const world: World = { platform, isShort: false, socket, heard };
  platform.connection().open();
  return world;
}

export const patientSocketsSuite = suite("patient-sockets", function (test) {
  test("with room, all goes through", function () {
    const { platform, heard, socket } = create();
    platform.connection().receive("one");
    platform.connection().receive("two");
    socket.write("three");
    equal(heard, ["open", "one", "two"]);
    equal(platform.connection().sent(), "three");
    platform.connection().fail("cut");
    equal(heard.slice(3), ["close cut"]);
  });

  test("without room it waits, and comes in one when there is some", function () {
    const world = create();
    const { platform, heard } = world;
    world.isShort = true;
    platform.connection().receive("one");
    platform.connection().receive("two");
    platform.advance(20000);
    equal(heard, ["open"]);
    world.isShort = false;
    platform.advance(500);
    equal(heard, ["open", "onetwo"]);
    platform.connection().receive("three");
    equal(heard.slice(2), ["three"]);
    equal(platform.timers(), 0);
  });

  test("more than 1,024 bytes end the connection", function () {
    const world = create();
    const { platform, heard } = world;
    world.isShort = true;
    let bytes = "";
    while (bytes.length < 512) bytes += "x";
    platform.connection().receive(bytes);
    platform.connection().receive(bytes);
    equal(heard, ["open"]);
    platform.connection().receive("x");
    equal(heard, ["open", "close no-room"]);
    equal(platform.connection().isClosed(), true);
  });
});
