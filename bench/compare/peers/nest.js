/** Nest on Express, with its pipes and interceptors for Standard Schemas and @nestjs/swagger. Decorators are called by hand. */
import 'reflect-metadata'
import {
  Body,
  Controller,
  Get,
  Module,
  NotFoundException,
  Post,
  Put,
  Query,
  Res,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  StandardSchemaValidationPipe,
} from '@nestjs/common'
import { NestFactory, Reflector } from '@nestjs/core'
import { ApiProduces, ApiResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { z } from 'zod'
import { column } from '../column.js'
import { brokenStream, City, change, csv, report, state, stream } from '../data.js'

class Comparison {
  report() {
    return report
  }
  addReport(content) {
    return change(content)
  }
  plain() {
    return report
  }
  addPlain(content) {
    return change(content)
  }
  chosen(response) {
    response.format({
      'application/json': () => response.json(report),
      'text/csv': () => response.send(csv(report)),
    })
  }
  missing() {
    throw new NotFoundException('No such thing')
  }
  stream() {
    return stream()
  }
  broken() {
    return brokenStream()
  }
  validated(content, query) {
    return { ...content, ...query, secret: 1 }
  }
  standard(content) {
    return content
  }
  tagged() {
    return state
  }
  replace(content) {
    return change(content)
  }
}

const body = z.object({ city: z.string(), celsius: z.number() })
const query = z.object({ copies: z.coerce.number().int() })
const Validated = body.extend({ copies: z.int() })

/** @Get('report') report() of TypeScript; parameters are decorated in their order. */
function decorate(name, decorators, ...parameters) {
  for (const [index, parameter] of parameters.entries()) parameter(Comparison.prototype, name, index)
  const descriptor = Object.getOwnPropertyDescriptor(Comparison.prototype, name)
  for (const decorator of decorators) decorator(Comparison.prototype, name, descriptor)
  Reflect.defineMetadata(
    'design:paramtypes',
    parameters.map(() => Object),
    Comparison.prototype,
    name,
  )
}
decorate('report', [
  Get('report'),
  ApiProduces('application/json', 'text/csv'),
  ApiResponse({ status: 200, type: [Object] }),
])
decorate('addReport', [Post('report')], Body())
decorate('plain', [Get('plain')])
decorate('addPlain', [Post('plain')], Body())
decorate('chosen', [Get('chosen')], Res())
decorate('missing', [Get('missing')])
decorate('stream', [Get('stream')])
decorate('broken', [Get('broken')])
decorate(
  'validated',
  [Post('validated'), SerializeOptions({ schema: Validated })],
  Body({ schema: body }),
  Query({ schema: query }),
)
decorate('standard', [Post('standard')], Body({ schema: City }))
decorate('tagged', [Get('tagged')])
decorate('replace', [Put('tagged')], Body())
Controller()(Comparison)

class App {}
Module({ controllers: [Comparison] })(App)

async function start() {
  const app = await NestFactory.create(App, { logger: false })
  app.useGlobalPipes(new StandardSchemaValidationPipe())
  app.useGlobalInterceptors(new StandardSchemaSerializerInterceptor(app.get(Reflector)))
  const config = new DocumentBuilder().setTitle('Comparison').setVersion('1.0.0').build()
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'openapi.json',
  })
  await app.listen(0, '127.0.0.1')
  return { url: await app.getUrl(), document: '/openapi.json', app }
}

await column({
  title: 'Nest',
  packages: ['@nestjs/core', '@nestjs/platform-express', '@nestjs/swagger'],
  start,
})
