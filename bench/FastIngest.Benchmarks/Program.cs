using BenchmarkDotNet.Running;
using FastIngest.Benchmarks;

if (args is ["--check-allocations"])
{
    return AllocationCheck.Run(Console.Out);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, StageConfig.Create());
return 0;
