"""The language host's service: what the engine asks of a language."""

import json
import os
import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2 as proto
from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

from tools.language_host.children import Children, output
from tools.language_host.toolchain import Toolchain, Unsupported, resolve

VERSION = "0.1.0"
BAIL = 32
"""Exit code of a program that has already told the user what is wrong."""


class PythonHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs Python programs and plugins for the engine.

    Args:
        executor: `pulumi-language-python-exec`, the SDK's script that runs a program.
        engine: Address of the engine, until the handshake says it.
    """

    def __init__(self, executor: Path, engine: str = "") -> None:
        self.executor, self.engine, self.children = executor, engine, Children()

    def Handshake(self, request: proto.LanguageHandshakeRequest, context: grpc.ServicerContext) -> proto.LanguageHandshakeResponse:
        self.engine = request.engine_address
        return proto.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def RuntimeOptionsPrompts(self, request: proto.RuntimeOptionsRequest, context: grpc.ServicerContext) -> proto.RuntimeOptionsResponse:
        return proto.RuntimeOptionsResponse()

    def GetRequiredPackages(
        self, request: proto.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> proto.GetRequiredPackagesResponse:
        packages = [
            plugin_pb2.PackageDependency(
                kind="resource", name=plugin["name"], version=plugin.get("version", ""), server=plugin.get("server", "")
            )
            for plugin in _toolchain(request.info, context).plugins()
        ]
        return proto.GetRequiredPackagesResponse(packages=packages)

    def GetProgramDependencies(
        self, request: proto.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> proto.GetProgramDependenciesResponse:
        versions = _toolchain(request.info, context).distributions(transitive=request.transitiveDependencies)
        dependencies = [proto.DependencyInfo(name=name, version=version) for name, version in versions.items()]
        return proto.GetProgramDependenciesResponse(dependencies=dependencies)

    def About(self, request: proto.AboutRequest, context: grpc.ServicerContext) -> proto.AboutResponse:
        return proto.AboutResponse(
            executable=str(_toolchain(request.info, context).python),
            version=platform.python_version(),
            metadata={"host": f"multicloud's own, {VERSION}"},
        )

    def InstallDependencies(
        self, request: proto.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[proto.InstallDependenciesResponse]:
        toolchain, folder = _toolchain(request.info, context), request.info.program_directory or request.directory
        for command in toolchain.installation(Path(folder)):
            shown = " ".join(str(c) for c in command)
            yield proto.InstallDependenciesResponse(stdout=f"{shown}\n".encode())
            with self.children.started(command, cwd=folder, env=dict(os.environ), output=subprocess.PIPE) as child:
                context.add_callback(child.terminate)
                for chunk in output(child):
                    yield proto.InstallDependenciesResponse(**chunk)
                if child.wait() != 0:
                    _refuse(context, f"`{shown}` ended with exit code {child.returncode}", grpc.StatusCode.UNKNOWN)

    def Run(self, request: proto.RunRequest, context: grpc.ServicerContext) -> proto.RunResponse:
        try:
            toolchain = _resolve(request.info)
            toolchain.require()
        except Unsupported as problem:
            return proto.RunResponse(error=str(problem))
        command = [
            *(toolchain.python, "-u", self.executor),
            *("--monitor", request.monitor_address),
            *("--engine", self.engine),
            *("--project", request.project),
            *("--stack", request.stack),
            *("--organization", request.organization),
            *("--root_directory", request.info.root_directory),
            *("--pwd", request.pwd),
            *("--dry_run", str(request.dryRun).lower()),
            *("--parallel", str(request.parallel)),
            *(os.path.normpath(os.path.join(request.info.program_directory, request.info.entry_point)), *request.args),
        ]
        environment = {
            **toolchain.environment(os.environ),
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        with self.children.started(command, cwd=request.pwd, env=environment) as child:
            context.add_callback(child.terminate)
            code = child.wait()
        if code == BAIL:
            return proto.RunResponse(bail=True)
        return proto.RunResponse(error=f"the program ended with exit code {code}" if code else "")

    def RunPlugin(self, request: proto.RunPluginRequest, context: grpc.ServicerContext) -> Iterator[proto.RunPluginResponse]:
        toolchain, folder = _toolchain(request.info, context), request.info.program_directory
        if not toolchain.exists:
            _refuse(context, f"{folder}: the virtual environment {toolchain.virtualenv} does not exist; run `pulumi install` there")
        # A policy pack is a module's business and runs in its own folder; a component provider is a program by itself.
        pack = request.kind == "analyzer"
        program = ["-m", "pulumi.policy", *request.args, folder] if pack else [folder, *request.args]
        cwd = folder if pack else request.pwd
        env = toolchain.environment(dict(entry.split("=", 1) for entry in request.env) or os.environ)
        with self.children.started([toolchain.python, "-u", *program], cwd=cwd, env=env, output=subprocess.PIPE) as child:
            context.add_callback(child.terminate)
            for chunk in output(child):
                yield proto.RunPluginResponse(**chunk)
            yield proto.RunPluginResponse(exitcode=child.wait())

    def Template(self, request: proto.TemplateRequest, context: grpc.ServicerContext) -> proto.TemplateResponse:
        return proto.TemplateResponse()

    def GenerateProgram(self, request: proto.GenerateProgramRequest, context: grpc.ServicerContext) -> proto.GenerateProgramResponse:
        _refuse_generating(context)

    def GenerateProject(self, request: proto.GenerateProjectRequest, context: grpc.ServicerContext) -> proto.GenerateProjectResponse:
        _refuse_generating(context)

    def GeneratePackage(self, request: proto.GeneratePackageRequest, context: grpc.ServicerContext) -> proto.GeneratePackageResponse:
        _refuse_generating(context)

    def Pack(self, request: proto.PackRequest, context: grpc.ServicerContext) -> proto.PackResponse:
        _refuse_generating(context)

    def Link(self, request: proto.LinkRequest, context: grpc.ServicerContext) -> proto.LinkResponse:
        _refuse_generating(context)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.children.end()
        return empty_pb2.Empty()


def _resolve(info: proto.ProgramInfo) -> Toolchain:
    return resolve(info.root_directory or info.program_directory, json_format.MessageToDict(info.options), os.environ)


def _toolchain(info: proto.ProgramInfo, context: grpc.ServicerContext) -> Toolchain:
    try:
        return _resolve(info)
    except Unsupported as problem:
        _refuse(context, str(problem))


def _refuse(context: grpc.ServicerContext, message: str, code: grpc.StatusCode = grpc.StatusCode.FAILED_PRECONDITION) -> NoReturn:
    context.abort(code, message)
    raise AssertionError("abort has not raised")


def _refuse_generating(context: grpc.ServicerContext) -> NoReturn:
    message = "this language host runs Python programs; generating, packing and linking SDKs needs the official Pulumi CLI"
    _refuse(context, message, grpc.StatusCode.UNIMPLEMENTED)
