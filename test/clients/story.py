"""Python's MCP client plays one load level in the sandbox, and holds every result against its tool's output schema."""

import asyncio
import json
import os
import urllib.request

import jsonschema
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


def control(path: str, body: dict) -> dict:
    """Airflow's and time's part: the sandbox's control paths."""
    request = urllib.request.Request(
        f"{os.environ['SANDBOX_ENDPOINT']}/_sandbox/{path}",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


async def play() -> None:
    env = {"PATH": os.environ["PATH"], **json.loads(os.environ["SANDBOX_ENV"])}
    server = StdioServerParameters(command="node", args=["dist/main.js"], env=env)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        for tool in tools.values():
            jsonschema.Draft7Validator.check_schema(tool.inputSchema)
            jsonschema.Draft7Validator.check_schema(tool.outputSchema)
        called: list[str] = []

        async def call(name: str, **given: object) -> dict:
            jsonschema.validate(given, tools[name].inputSchema)
            answer = await session.call_tool(name, given)
            assert not answer.isError, f"{name}: {answer.content[0].text}"
            structure = answer.structuredContent
            jsonschema.validate(structure, tools[name].outputSchema)
            text = answer.content[0].text
            assert structure["summary"] in text, f"{name}: the text does not say the summary"
            for step in structure["nextSteps"]:
                assert step in text, f"{name}: the text does not say {step}"
            called.append(name)
            return structure

        assert (await call("checkSetup"))["ok"] is True
        assert (await call("scaleConfigs", load="2x"))["status"] == "scaled"
        fixed = await call("fixInterval", check="check_campaigns_15m", **{"from": 2, "to": 1})
        review = await call("reviewConfigs")
        assert review["reviewId"] == fixed["reviewId"]
        asked = await call("uploadChecks", reviewId=fixed["reviewId"])
        assert asked["status"] == "awaiting_approval", asked
        uploaded = await call("uploadChecks", reviewId=fixed["reviewId"], approved=True)
        assert uploaded["status"] == "uploaded", uploaded
        assert (await call("uploadDags"))["load"] == 2
        await call("markRound")
        cluster = control("dagRuns", {"dagId": "yang_audit_load_test_15m", "conf": {}})["clusterId"]
        look = await call("pollCluster", waitSeconds=0)
        assert look["clusterId"] == cluster, look
        while not look["done"]:
            control("advance", {"minutes": 10})
            look = await call("pollCluster", waitSeconds=0)
        control("advance", {"minutes": 10})
        report = await call("buildReport")
        assert report["clusterId" if "clusterId" in report else "directory"], report
        assert os.path.exists(os.path.join(report["directory"], "report.md"))
        committed = await call("commitResults", keyFindings="2x, by another client")
        assert committed["status"] == "committed", committed
        assert (await call("commitResults"))["status"] == "unchanged"
        await call("scaleConfigs", load=4)
        await call("revertConfigs", to="baseline")
        session_now = await call("showSession")

        wrong = await session.call_tool("scaleConfigs", {"load": "two"})
        assert wrong.isError and wrong.content[0].text.startswith("BAD_INPUT:"), wrong
    print(
        f"Python's mcp: protocol {hello.protocolVersion}, {len(called)} calls of {len(set(called))} tools, "
        f"every result fits its schema; the session ends {session_now['phase']}"
    )


asyncio.run(asyncio.wait_for(play(), 120))
