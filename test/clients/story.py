"""Python's MCP client plays one load level in the sandbox: story.py <auto, legacy or a version>. Every result is held against
its tool's output schema, and the upload is approved by an answer to the server's question."""

import asyncio
import json
import os
import sys
import urllib.request

import jsonschema
from mcp import Client, StdioServerParameters, types


def control(path: str, body: dict) -> dict:
    """Airflow's and time's part: the sandbox's control paths."""
    request = urllib.request.Request(
        f"{os.environ['SANDBOX_ENDPOINT']}/_sandbox/{path}",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


async def play(mode: str) -> None:
    questions: list[str] = []

    async def say_yes(_context: object, params: types.ElicitRequestParams) -> types.ElicitResult:
        questions.append(params.message)
        return types.ElicitResult(action="accept", content={"decision": "approve"})

    env = {"PATH": os.environ["PATH"], **json.loads(os.environ["SANDBOX_ENV"])}
    server = StdioServerParameters(command="node", args=["dist/main.js"], env=env)
    async with Client(server, mode=mode, elicitation_callback=say_yes) as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        for tool in tools.values():
            jsonschema.Draft7Validator.check_schema(tool.input_schema)
            jsonschema.Draft7Validator.check_schema(tool.output_schema)
        called: list[str] = []

        async def call(name: str, **given: object) -> dict:
            jsonschema.validate(given, tools[name].input_schema)
            answer = await session.call_tool(name, given)
            assert not answer.is_error, f"{name}: {answer.content[0].text}"
            structure = answer.structured_content
            jsonschema.validate(structure, tools[name].output_schema)
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
        asked = await call("uploadChecks", reviewId=fixed["reviewId"], approved=False)
        assert asked["status"] == "awaiting_approval" and questions == [], asked
        uploaded = await call("uploadChecks", reviewId=fixed["reviewId"])
        assert uploaded["status"] == "uploaded" and len(questions) == 1, uploaded
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
        assert wrong.is_error and wrong.content[0].text.startswith("BAD_INPUT:"), wrong
        # The pinned mode asks for nothing before its first call, so it never learns the instructions.
        pinned = mode not in ("auto", "legacy")
        assert pinned or "scaleConfigs" in (session.instructions or "")
        assert session.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
        print(
            f"Python's mcp, {mode}: protocol {session.protocol_version}, {len(called)} calls of {len(set(called))} tools, "
            f"every result fits its schema; one question, one yes; the session ends {session_now['phase']}"
        )


asyncio.run(asyncio.wait_for(play(sys.argv[1]), 120))
