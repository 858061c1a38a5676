import { taskCatalog, type TaskInfo, taskNames } from "@opnas/core";
import { Field, ObjectType, Query, Resolver } from "type-graphql";

@ObjectType({ description: "A proxy task that candidates are scored on." })
export class Task {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  description!: string;

  @Field(() => String, { description: "masked | zeroShot | fineTuned" })
  kind!: string;

  @Field(() => String)
  metric!: string;
}

@Resolver(() => Task)
export class TaskResolver {
  @Query(() => [Task])
  tasks(): TaskInfo[] {
    return taskNames.map((name) => taskCatalog[name]);
  }
}
