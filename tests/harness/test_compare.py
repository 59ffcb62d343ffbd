"""Tests of the whole harness with a stub server and stub load generators. One test uses the real wrk."""

import itertools
import json
import os
import re
import shutil
import signal
import socket
import unittest

from compare_case import HERE, LIMIT_S, CompareCase
from harness import load, server, session, tables
from harness.scenarios import router_style


class Compare(CompareCase):
    def can_have_quotas(self):
        return not router_style.why_no_quota()

    def test_prints_the_table_and_keeps_every_run(self):
        status, text = self.run_to_end("--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"(?m)^  requests/s .*41,765 +28,412$")
        self.assertRegex(text, r"(?m)^  allocations/request +0\.00 +19\.00 +0\.00 +19\.00$")
        self.assertRegex(text, r"(?m)^  bytes allocated/request +0\.0 +1,216\.0 +0\.0 +1,216\.0$")
        self.assertRegex(text, r"(?m)^  GC runs in 60 s( +n/a){4} +42 +137$")
        self.assertNotRegex(text, "Go (Gin|Beego)")  # without originals
        self.assertIn("This is a first impression from 2 rounds.", text)
        self.assertIn("does not use jemalloc", text)

        rows = self.rows()
        timed = [row for row in rows if row["purpose"] == "timed"]
        alone = [row for row in timed if row["tool"] == "wrk"]
        self.assertEqual(len(alone), 10)
        self.assertEqual(len({row["run_id"] for row in rows}), len(rows))
        for row in rows:
            self.assertIn("--stats-file=", row["cmd_server"])
            self.assertIn("--pool=on" if row["router"] in ("gin", "null") else "--beego-context=fresh", row["cmd_server"])
            self.assertIn(f"X-Trace-ID: {row['run_id']}" if row["tool"] == "wrk" else f"--trace-id={row['run_id']}-", row["cmd_client"])
            self.assertTrue(row["kernel"] and row["commit"] and row["timestamp"])
            self.assertEqual(row["cmd_line"], f"{row['cmd_server']} & {row['cmd_client']}")
        first, second = ([row["cell"] for row in alone if row["round"] == number] for number in "12")
        self.assertEqual(second, first[::-1])

        # The runs that are compared follow each other: a load goes to all servers before the next load begins.
        loads = [(row["round"], row["tool"], row["intended_rate"], row["cpu_quota_percent"], " --pipeline=16 " in row["cmd_client"]) for row in timed]
        self.assertEqual(len(set(loads)), 2 * (4 + self.can_have_quotas()))
        self.assertEqual(len(list(itertools.groupby(loads))), len(set(loads)))

        self.assertEqual([row["round"] for row in rows if row["purpose"] == "ceiling"], ["1", "1", "2", "2"])
        self.assertEqual(len(re.findall(r"(?m)^  the limit was( +(?:client|server|neither)){4}$", text)), 2 + self.can_have_quotas())
        self.assertIn(f" of {len(timed)} runs (rule: bench/harness/limit_rule.py", text)
        for row in alone:
            self.assertAlmostEqual(float(row["in_flight_share"]), 1)

        session = json.loads((self.session_folder() / "session.json").read_text())
        self.assertEqual(len(session["runs"]), len(rows))
        self.assert_plot("router_style")
        self.assert_plot("router_style_runs")
        self.assert_nobody_listens()

    def test_router_style_asks_under_every_load(self):
        status, text = self.run_to_end("--rounds=1")
        self.assertEqual(status, 0, text)
        timed = [row for row in self.rows() if row["purpose"] == "timed" and row["router"] == "beego"]
        asked = {row["cell"]: (row["tool"], row["intended_rate"], row["cpu_quota_percent"]) for row in timed}
        columns = {cell.key for cell in router_style.COLUMNS}
        ceiling = min(float(row["requests_per_s"]) for row in self.rows() if row["purpose"] == "timed" and row["cell"] in columns)
        high = str(max(1000, int(0.6 * ceiling) // 1000 * 1000))
        expected = {"beego_text": ("wrk", "", ""), "beego_text_batch": ("duel-load", "", ""), "beego_text_low": ("duel-load", "10000", ""),
                    "beego_text_high": ("duel-load", high, ""), "beego_text_quota": ("duel-load", "", "40")}
        if not self.can_have_quotas():
            del expected["beego_text_quota"]
            self.assertIn("No rows with a quota: this user cannot make a control group", text)
        self.assertEqual({key: value for key, value in asked.items() if "text" in key}, expected)
        (batch,) = (row for row in timed if row["cell"] == "beego_text_batch")
        self.assertIn(" --connections=64 ", batch["cmd_client"])
        self.assertIn(" --pipeline=16 ", batch["cmd_client"])
        counted = [row["cmd_client"] for row in self.rows() if row["purpose"] == "counted"]
        self.assertTrue(counted and all(f" -c{session.COUNTED_CONNECTIONS} " in command for command in counted), counted)
        # The stub of duel-load reports 0.1 ms for each request.
        self.assertEqual(len(re.findall(r"(?m)^  latency P99, us( +100){4}$", text)), 2)
        self.assertRegex(text, r"(?m)^text: these runs cannot tell how much more CPU time the Beego style costs per request\.$")

    def test_router_style_prints_no_latency_of_a_late_load_generator(self):
        status, text = self.run_to_end("--rounds=1", STUB_LATE_ABOVE="9999")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"(?m)^  latency P99, us( +void){4}$")
        self.assertRegex(text, r"(?m)^P99 at 10,000 requests/s, Beego / Gin( +void){4}$")
        self.assertRegex(text, r"(?m)^In 5 runs duel-load was late; the latencies do not contain them\.$")
        self.assertNotIn("had to be repeated", text)

    def test_gc_prints_reclamation_work_and_the_articles_gc_figures(self):
        status, text = self.run_to_end("gc", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"(?m)^  mean duration of a call, us( +5\.0){4}$")
        self.assertRegex(text, r"(?m)^  waits for the allocator's locks( +6){4}$")  # the sum of both rounds
        self.assertRegex(text, r"(?m)^median( +3\.00){5}$")  # without incomplete seconds
        self.assertRegex(text, r"(?m)^maximum( +3\.50){5}$")
        self.assertRegex(text, r"(?m)^median minus the null server's( +0\.00 \[0\.00, 0\.00\]){4}$")
        self.assertIn("Gin, text and JSON: 0.00, 0.00 allocations/request and 8, 8 purges", text)
        self.assertIn("Longest stall of Gin JSON (target: at most 0.1 ms longer than the null server's): met.", text)
        self.assertRegex(text, r"(?m)^  runs in 60 s( +n/a){4} +42 +137$")
        self.assertRegex(text, r"(?m)^  runs x mean pause, % of the run( +n/a){4} +0\.03 +0\.43$")
        self.assert_plot("gc")
        self.assert_nobody_listens()

    def test_overhead_prints_ratios_and_their_noise(self):
        status, text = self.run_to_end("overhead", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"(?m)^everything off( +[0-9.]+){4}$")
        ratio = r" +[0-9.]+ +[0-9.]+ \[[0-9.]+, [0-9.]+\] +[0-9.]+"
        for row in (r"  the same again \(A/A\)", "the default: admin port, leak detector", "  with --account-phases=on",
                    "  with --heap-profile=on", "  with a running CPU profile"):
            self.assertRegex(text, rf"(?m)^{row}({ratio}){{2}}$")
        self.assertEqual(len(re.findall(r"(?m)^(?:Gin|Beego), ratio of .* \(target: at most 1\.01\): ", text)), 4)
        rows = [row for row in self.rows() if row["purpose"] != "profiled"]
        self.assertEqual(len(rows), 2 * 2 * 6 * 4)
        _, profiles = tables.read_csv(self.session_folder() / "profiles.csv")
        self.assertEqual([kind for _, kind, *_ in profiles], ["allocs", "cpu"] * 2)
        for row in rows:
            off = row["cell"].split("_")[1] in ("off", "again")
            self.assertEqual("--leak-detector=off" in row["cmd_server"], off)
            self.assertIn("--admin-port=0 " if off else "--admin-port=any ", row["cmd_server"])
        self.assert_plot("overhead")
        self.assert_nobody_listens()

    def test_overhead_fails_if_the_cpu_profile_does_not_run(self):
        status, text = self.run_to_end("overhead", "--rounds=1", STUB_FAULT="profile")
        self.assertEqual(status, 1, text)
        self.assertIn("the admin port answered GET /debug/pprof/profile?seconds=300 too early", text)

    def test_overload_prints_every_step(self):
        status, text = self.run_to_end("overload", "--rounds=1", "--seconds=1")
        self.assertEqual(status, 0, text)
        for connections in ("16", "64", "256", "500", "1,000", "2,000", "4,000"):
            self.assertRegex(text, rf"(?m)^{connections}( +[0-9,]+) +[0-9]+%( +[0-9.,]+){{3}}( +[0-9]+%){{2}} +(server|client|both|neither) ")
        self.assertRegex(text, r"(?m)^Throughput after the peak: ")
        self.assertRegex(text, r"(?m)^An answer costs most at [0-9,]+ connections: \+[0-9.]+ us compared with the peak, ")
        self.assertIn("Admin port: every request was answered.", text)
        (crowd,) = (row for row in self.rows() if row["connections"] == "4000")
        self.assertGreater(float(crowd["refused_per_s"]), float(crowd["answers_per_s"]))
        self.assert_plot("overload")
        self.assert_nobody_listens()

    def test_scaling_prints_costs_balance_and_speed_ups(self):
        status, text = self.run_to_end("scaling", "--rounds=2")
        self.assertEqual(status, 0, text)
        for style in ("Gin", "Beego"):
            self.assertRegex(text, rf"(?m)^{style} +1 .* one worker +one worker$")
            # The stub's first worker answers 1.5 times as many requests as the second.
            self.assertRegex(text, rf"(?m)^{style} +2 .* 80% to 120% +100% to 100%$")
            self.assertRegex(text, rf"(?m)^{style}: requests per CPU time, times threads +1 +[0-9.]+ \[")
        self.assertRegex(text, r"(?m)^CPU-us/request, Beego / Gin +(~ )?[0-9.]+ \[")
        for row in self.rows():
            self.assertEqual(f"--threads={len(row['server_cpus'].split(','))} " in row["cmd_server"], True, row)
            self.assertIn(f"taskset -c {row['client_cpus']} ", row["cmd_client"])
            self.assertIn("--pipeline=16", row["cmd_client"])
            self.assertEqual(len(row["worker_requests"].split()), len(row["server_cpus"].split(",")))
        self.assertEqual({row["purpose"] for row in self.rows()}, {"ceiling", "timed"})
        self.assert_plot("scaling")
        self.assert_nobody_listens()

    def test_every_request_works_with_an_ipv6_address(self):
        host = self.host("::1")
        for scenario in ("gc", "configuration", "memory"):  # together they make every request that the harness itself sends
            with self.subTest(scenario):
                status, text = self.run_to_end(host, scenario, "--rounds=1")
                self.assertEqual(status, 0, text)

    def test_the_admin_port_is_asked_without_a_proxy(self):
        with socket.socket() as closed:  # bound, but nobody listens: a request to the proxy fails
            closed.bind(("127.0.0.1", 0))
            proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
            variables = {name: proxy for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
            status, text = self.run_to_end("gc", "--rounds=1", no_proxy="localhost", **variables)
        self.assertEqual(status, 0, text)
        self.assertIn("ALL_PROXY, HTTPS_PROXY, HTTP_PROXY, all_proxy, http_proxy, https_proxy, no_proxy are not passed", text)

    def test_settings_in_the_environment_do_not_reach_the_server(self):
        status, text = self.run_to_end("memory", "--rounds=1", DUEL_STUB_FAULT="dies", BEEGO_RUNMODE="dev")
        self.assertEqual(status, 0, text)
        self.assertIn("the environment variables BEEGO_RUNMODE, DUEL_STUB_FAULT are not passed", text)

    def test_check_needs_no_build(self):
        status, text = self.run_to_end("--check", "--server=/nowhere")
        self.assertEqual(status, 2)
        self.assertIn("--server: '/nowhere' does not exist", text)
        self.assertEqual(self.run_to_end("--check"), (0, "server null_server load\n"))
        self.assertFalse((self.folder / "results").exists())

    def test_an_alias_names_the_same_scenario(self):
        copy = self.folder / "docs" / "pool.svg"
        status, text = self.run_to_end("s7", "--rounds=1", f"--plot={copy}")
        self.assertEqual(status, 0, text)
        self.assertEqual({row["scenario"] for row in self.rows()}, {"context_pool"})
        self.assert_plot("context_pool")
        self.assertEqual(copy.read_bytes(), (self.session_folder() / "context_pool.svg").read_bytes())

    def test_an_unknown_scenario_is_refused_with_the_names_of_all(self):
        for unknown in ("s0", "s10", "ping"):
            status, text = self.run_to_end("--check", unknown)
            self.assertEqual(status, 2)
            self.assertIn(f"SCENARIO: '{unknown}' is unknown; choose from router_style, wildcards, ", text)

    def test_several_scenarios_run_one_after_the_other_and_a_failure_stops_none(self):
        status, text = self.run_to_end("memory", "leak", "orm", "--quick", "--rounds=8", STUB_FAULT="routes")
        self.assertEqual(status, 1, text)
        self.assertLess(text.index("Memory at rest, "), text.index("bench/compare: leak: the server has no /debug/routes"))
        self.assertLess(text.index("leak: the server has no /debug/routes"), text.index("ORM against native SQL (S3), "))
        *_, last, failure = text.splitlines()
        self.assertEqual(failure, "bench/compare: 1 of 3 scenarios failed (leak); the reasons are above")
        folder = self.session_folder()
        self.assertEqual(last, str(folder / "report.html"))
        self.assertTrue((folder / "report.html").is_file())
        # The names of the folders say the second of the begin, and two of them may begin in the same second.
        plots = [sorted(plot.stem for plot in session.glob("*.svg")) for session in folder.iterdir() if session.is_dir()]
        self.assertEqual(sorted(plots), [[], ["memory"], ["orm"]])
        self.assert_nobody_listens()

    def test_ctrl_c_ends_all_scenarios(self):
        process = self.start("memory", "orm", "--rounds=50")
        next(line for line in process.stdout if re.match(r" +\d+/\d+ ", line))
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 130)
        self.assertRegex(text, r"interrupted, the server and the load generator are stopped; \d+ runs are kept in ")
        self.assertNotIn("orm", text)
        self.assert_nobody_listens()

    def test_the_time_left_is_told_with_every_run(self):
        status, text = self.run_to_end("orm", "--rounds=1")
        self.assertEqual(status, 0, text)
        runs = re.findall(r"(?m)^ +(\d+)/(\d+) .* requests/s .*  \[\d+ (?:s|min) left\]$", text)
        self.assertEqual([(int(done), total) for done, total in runs], [(done, "10") for done in range(5, 11)])

    def test_gc_needs_the_null_server(self):
        status, text = self.run_to_end("gc", "--null-server=/nowhere")
        self.assertEqual(status, 2, text)
        self.assertIn("--null-server: '/nowhere' does not exist", text)

    def test_leak_prints_the_growth_and_names_the_route(self):
        status, text = self.run_to_end("leak", "--rounds=8", "--seconds=1")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"Gin +leak +batch +8/8 .* the detector names /api/item/:id")
        self.assertRegex(text, r"(?m)^requests answered +400 +400 +400 +400 +10,000$")
        self.assertRegex(text, r"(?m)^  bytes/request \(slope\) +8,192.0 +0.0 +8,192.0 +0.0$")
        self.assertRegex(text, r"(?m)^  straight line over requests, R² +1\.0000 +flat +1\.0000 +flat$")
        self.assertRegex(text, r"(?m)^background tasks at the end +400 +0 +400 +0 +> 5,000$")
        self.assertRegex(text, r"(?m)^route named after, s +[0-9.]+ +never +[0-9.]+ +never$")
        self.assertRegex(text, r"(?m)^Beego, leak: server: possible memory leak in /api/item/:id")
        self.assertIn("Beego, leak-fixed: no warning", text)
        # The growth from the second to the last of eight batches of 50 requests. The innermost function comes first.
        self.assertRegex(text, r"(?m)callees hold:\n +2\.5 MB  keep_item\(gin::Context&\)\n +2\.5 MB  main$")
        rows = self.rows()
        self.assertEqual([(row["router"], row["application"]) for row in rows],
                         [("gin", "leak"), ("gin", "leak-fixed"), ("beego", "leak"), ("beego", "leak-fixed")])
        raw = self.session_folder() / "raw"
        _, profiles = tables.read_csv(self.session_folder() / "profiles.csv")
        self.assertEqual(len(profiles), 8)
        for run_id, kind, start_ns, _, size, file in profiles:
            self.assertEqual((kind, file), ("heap", f"{run_id}_heap_{int(start_ns) // 1_000_000}.pb.gz"))
            self.assertEqual((raw / file).stat().st_size, int(size))
        series = tables.read_database(self.session_folder() / "runs.sqlite")["series"][1]
        self.assertEqual([value for run_id, name, _, value in series if (run_id, name) == (rows[0]["run_id"], "background_tasks")][-1], 400)
        self.assert_every_change_is_found(self.session_folder(), ["profiles.csv", f"raw/{profiles[0][5]}", f"raw/{rows[0]['raw_files'].split()[1]}"])
        self.assert_plot("leak")
        self.assert_nobody_listens()

    def test_leak_says_why_it_cannot_measure(self):
        for faults, reason in (({"STUB_FAULT": "routes"}, "the server has no /debug/routes"),
                               ({"STUB_FAULT": "heap"}, "this is not a gzipped profile"),
                               ({"STUB_FAULT": "unwritten"}, "GET /debug/pprof/heap with 500: the profile was not written: a sentence"),
                               ({"STUB_AB_FAULT": "fails"}, "of ab's 50 requests 1 failed"),
                               ({"STUB_AB_FAULT": "silent"}, "ab ended without a report: it printed nothing")):
            with self.subTest(reason):
                status, text = self.run_to_end("leak", "--rounds=8", "--seconds=1", **faults)
                self.assertEqual(status, 1, text)
                self.assertIn(reason, text)

    def test_configuration_measures_every_step(self):
        status, text = self.run_to_end("configuration", "--rounds=1")
        self.assertEqual(status, 0, text)
        self.assertIn("every step echoes the posted body", text)
        self.assertRegex(text, r"(?m)^\+ AccessLogsAsync: off -> on( +[*0-9.,]+){10}$")
        # The stub's wrk reports the same rate for every server, the null server included. So wrk is the limit of each cell.
        self.assertRegex(text, r"(?m)^\+ EnableGzip: off -> on( +client-bound +(~ )?[0-9.]+){2}$")
        self.assertRegex(text, r"(?m)^A/A: the first against itself +client-bound +[0-9.]+$")
        self.assertIn("Who was the limit: client in 13 of 13 runs", text)
        null, *rows = self.rows()
        self.assertEqual((null["router"], null["limit"], len(rows)), ("null", "neither", 13))
        for row in rows:
            self.assertEqual((row["limit"], row["limit_why"]), ("client", "a server that does nothing reached only 20 requests/s"))
            number = int(row["cell"].split("_")[1])
            flags = row["cmd_server"].split()
            self.assertEqual("--threads=1" in flags, number == 0, row["cell"])
            for step, flag in enumerate(["--access-logs-async=on", "--copy-request-body=off", "--gzip=on",
                                         "--disable-keep-alive=on"], start=2):
                self.assertEqual(flag in flags, number >= step, row["cell"])
            self.assertIn("post.lua", row["cmd_client"])
        self.assert_plot("configuration")
        self.assertFalse((self.session_folder() / "raw" / "access.log").exists())

    def test_configuration_refuses_a_step_with_a_different_answer(self):
        status, text = self.run_to_end("configuration", "--rounds=1", STUB_FAULT="bytes")
        self.assertEqual(status, 1)
        self.assertIn("Beego one thread, logging sync, body copied does not echo what is posted", text)

    def test_context_pool_measures_on_and_off(self):
        status, text = self.run_to_end("context_pool", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"(?m)^ +pool on +pool off +pool on +pool off +Gin +Gin$")
        self.assertRegex(text, r"(?m)^allocations/request +0\.00 +2\.00 +0\.00 +2\.00$")
        self.assertRegex(text, r"(?m)^bytes allocated/request +0\.0 +128\.0 +0\.0 +128\.0 +80 +1,400$")
        self.assertRegex(text, r"(?m)^  GC runs/s +n/a +n/a +n/a +n/a +0\.3 +8\.2$")
        self.assertEqual(text.count("A/A: the first"), 1)
        for row in self.rows():
            self.assertIn("--pool=off" if "_off" in row["cell"] else "--pool=on", row["cmd_server"])
        self.assertEqual(len([row for row in self.rows() if row["purpose"] == "timed"]), 10)
        self.assert_plot("context_pool")

    def test_response_buffer_measures_shorter_and_longer_answers(self):
        status, text = self.run_to_end("response_buffer", "--rounds=1", STUB_WRK_REPORT='{"latency_mean_us": 22000}')
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"(?m)^latency P99, ms( +void){8}$")  # 20 requests/s x 22 ms are 44 % of the one connection
        self.assertRegex(text, r"(?m)^P99, second / first( +void){3}$")
        self.assertIn("rate x mean latency is 44% to 44% of the connections", text)
        self.assertIn("GET /list/146: 3,942 bytes, GET /list/154: 4,158 bytes", text)
        self.assertRegex(text, r"(?m)^allocations/request( +0\.00){4}( +2\.00){4}$")

    def test_wildcards_measures_both_routes_in_both_styles(self):
        status, text = self.run_to_end("wildcards", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertIn("beego /fixed/css/site.css, beego /wild/css/site.css, gin /fixed/css/site.css, gin /wild/css/site.css: "
                      "answered with the same bytes", text)
        self.assertRegex(text, r"(?m)^requests/s .* 12,480 +7,120$")
        self.assertRegex(text, r"(?m)^latency P99, ms +0\.10 +0\.10 +0\.10 +0\.10 +18\.00 +42\.00$")
        self.assertRegex(text, r"(?m)^server's CPUs busy, % .* 63 +89$")
        self.assertRegex(text, r"(?m)^allocations/request +19\.00 +19\.00 +0\.00 +0\.00$")
        self.assert_plot("wildcards")

    def test_orm_measures_orm_and_native_sql(self):
        status, text = self.run_to_end("orm", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"(?m)^bytes allocated/request +1,216\.0 +1,216\.0 +0\.0 +1,216\.0 +128 +412$")
        self.assertRegex(text, r"(?m)^  GC runs/s +n/a +n/a +n/a +n/a +0\.8 +3\.2$")
        self.assertEqual({row["path"] for row in self.rows()}, {"/sql/user/7", "/orm/user/7", "/ping"})
        self.assert_plot("orm")

    def test_orm_refuses_different_answers(self):
        status, text = self.run_to_end("orm", "--rounds=1", STUB_FAULT="orm")
        self.assertEqual(status, 1)
        self.assertIn("beego: GET /orm/user/7 is not answered with the same bytes as beego: GET /sql/user/7", text)

    def test_response_buffer_refuses_a_list_of_the_wrong_length(self):
        status, text = self.run_to_end("response_buffer", "--rounds=1", STUB_FAULT="short")
        self.assertEqual(status, 1)
        self.assertIn("GET /list/154 more, but they answer 27 and 27", text)

    def test_memory_measures_with_and_without_the_defaults(self):
        status, text = self.run_to_end("memory", "--rounds=2")
        self.assertEqual(status, 0, text)
        report = self.session_folder() / "report.html"
        self.assertEqual((text.splitlines()[-1], report.is_file()), (str(report), True))
        for name in ("--router=beego", "  --no-session", "  --no-orm", "  --trim", "--router=gin"):
            self.assertRegex(text, rf"(?m)^{name} +\d+ \[\d+, \d+\] ")
        rows = self.rows()
        self.assertEqual(len(rows), 10)
        for row in rows:
            self.assertGreater(int(row["rss_kib"]), int(row["anonymous_kib"]))
            self.assertEqual("--trim=true" in row["cmd_server"], row["cell"] == "trim")
        self.assert_plot("memory")
        self.assert_nobody_listens()

    def test_failed_answers_end_the_comparison(self):
        status, text = self.run_to_end("--rounds=1", STUB_FAULT="status")
        self.assertEqual(status, 1)
        self.assertRegex(text, r"is invalid: .*answers with a status of 400 or more")
        self.assertNotIn("requests/s, Gin / Beego", text)

    def test_invalid_runs_are_repeated_at_most_three_times(self):
        # Only the timed runs take two seconds and report timeouts; a timeout does not change the counters of the server.
        report = self.folder / "bin" / "wrk"
        report.unlink()
        report.write_text(
            "#!/bin/sh\n"
            f"case \"$*\" in *-d2s*) export STUB_WRK_REPORT='{{\"errors_timeout\": 5}}';; esac\n"
            f"exec {HERE / 'stub_wrk.py'} \"$@\"\n")
        report.chmod(0o755)
        status, text = self.run_to_end("--rounds=1", "--seconds=2")
        self.assertEqual(status, 1)
        self.assertEqual(text.count("invalid run: 5 timeouts"), 3, text)
        self.assertIn("invalid 3 times in a row", text)
        self.assertEqual([row["invalid"] for row in self.rows() if row["purpose"] not in ("counted", "profiled")], ["5 timeouts"] * 3)

    def test_a_second_server_on_the_port_is_noticed(self):
        status, text = self.run_to_end("--rounds=1", STUB_FAULT="miscounts")
        self.assertEqual(status, 1)
        self.assertIn("another process answers on this port", text)

    def test_styles_that_answer_differently_are_not_compared(self):
        status, text = self.run_to_end("--rounds=1", STUB_FAULT="bytes")
        self.assertEqual(status, 1)
        self.assertIn("do not answer GET /ping with the same bytes", text)

    def test_a_busy_port_gives_one_sentence(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", self.port))
            holder.listen(0)  # when its queue is full, it does not even refuse connections
            status, text = self.run_to_end("--check")
        self.assertEqual(status, 2)
        self.assertEqual(len(text.splitlines()), 1, text)
        self.assertIn(f"port {self.port} on 127.0.0.1 is busy", text)

    def test_a_server_that_dies_gives_one_sentence_with_its_last_line(self):
        status, text = self.run_to_end("--rounds=1", STUB_FAULT="dies")
        self.assertEqual(status, 1)
        self.assertRegex(text, r"\Arouter_style: \d+ runs, about \d+ (s|min) \(seed \d+\)\n[^\n]+\n\Z")
        self.assertIn("before it could start listening: the stub was told to die", text)

    def test_ctrl_c_stops_the_server(self):
        process = self.start("--rounds=50")
        for line in process.stdout:
            if re.match(r" +\d+/\d+ round 1 ", line):
                break
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted, the server and the load generator are stopped", text)
        self.assertGreaterEqual(len(self.rows()), 2)
        self.assert_nobody_listens()

    @unittest.skipUnless(shutil.which("wrk"), "wrk is not installed")
    def test_the_real_wrk_reports_every_figure(self):
        cpus = (min(os.sched_getaffinity(0)),)
        command = [str(HERE / "stub_server.py"), "--router=gin"]
        with server.Server(command, "127.0.0.1", self.port, cpus, self.folder, "stub") as stub:
            parameters = load.Load(threads=1, connections=2, seconds=1, cpus=cpus)
            report = load.figures(parameters.run(stub.url("/ping"), "trace", self.folder / "real"), self.folder)
            served = stub.snapshot()["requests"]
        self.assertGreater(report["requests"], 0)
        self.assertTrue(0 <= served - report["requests"] <= parameters.connections, (served, report))
        for figure in ("duration_us", "bytes", "client_cpu_s", "latency_min_us", "latency_p50_us", "latency_p99_us"):
            self.assertGreater(report[figure], 0, figure)
        self.assertLessEqual(report["latency_p50_us"], report["latency_p99_us"])
        self.assertEqual([report[f"errors_{kind}"] for kind in ("connect", "read", "write", "status")], [0] * 4)


def load_tests(loader, tests, pattern):
    """Selects the cases of this process. With DUEL_SHARE=I/N in the environment: every Nth case, beginning with the Ith."""
    share, of = map(int, os.environ.get("DUEL_SHARE", "0/1").split("/"))
    cases = [case for suite in tests for case in suite]
    return unittest.TestSuite(cases[share::of])


if __name__ == "__main__":
    unittest.main()
